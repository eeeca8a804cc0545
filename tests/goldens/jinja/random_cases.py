"""Random templates over random rows, as Jinja2 renders them, to look for differences by hand:

    /usr/bin/python3 random_cases.py 5000 1 > cases.jsonl && bonito template check cases.jsonl

The second number is the seed. Templates that Jinja2 refuses are left out; so are values that print as addresses.
Jinja2 folds slices of number literals, as in {{ 7[:1] }}, to nothing; ours refuses them: those differences are known.
With a third argument, "refused", only templates that Jinja2 refuses come out: then none of them may agree.
"""

import json
import random
import sys

import make
import oracle

NAMES = list(make.ROW) + ["missing", "x", "y"]
TEXTS = ["'a'", "'Hello World'", "' pad '", "'a,b,c'", "'\u00e9\U0001f600'", "''", "'5'", "'1.5'", "'%s-%s'", "'x y z'", "'ABC'", "'a\\nb'", "'<&>'"]
NUMBERS = ["0", "1", "2", "-1", "3", "7", "10", "0.5", "2.0", "1.25", "-3.75", "100", "1e3"]
TESTS = ["defined", "undefined", "none", "string", "number", "mapping", "sequence", "iterable", "odd", "even", "divisibleby 3", "boolean", "integer", "float", "lower", "upper", "in [1, 2, 'a']", "eq 1", "ne 'a'", "sameas none", "true", "false", "gt 1", "lt 2", "callable"]
FILTERS = ["upper", "lower", "title", "capitalize", "trim", "length", "first", "last", "list", "join", "join(', ')", "join('-', attribute='name')", "sort", "sort(reverse=true)", "unique|list", "reverse|list", "min", "max", "sum", "string", "int", "int(7)", "float",
           "round", "round(1)", "round(1, 'floor')", "abs", "default('d')", "default('d', true)", "replace('a', 'b')", "replace(' ', '_', 1)", "wordcount", "truncate(5)", "truncate(5, true, '')", "indent", "indent(1, true)", "center(9)", "tojson", "tojson|length", "items|list",
           "batch(2)|list", "batch(3, 'f')|list", "slice(2)|list", "map('upper')|list", "map('string')|join('+')", "map('length')|list", "map(attribute='name')|list", "map(attribute='name', default='?')|list", "select|list", "select('odd')|list", "select('string')|list", "reject('none')|list", "reject|list",
           "selectattr('age')|list", "rejectattr('age')|list", "selectattr('age', 'gt', 20)|list", "dictsort", "groupby('city')", "groupby('age', default=0)", "most_frequent", "choice", "random", "highlight", "e", "e|length", "format(1, 2)", "attr('upper') is defined", "count", "string|length", "list|length", "sort(attribute='name')", "sort(case_sensitive=true)", "unique(true)|list", "trim('a ')", "reverse|list|length"]
METHODS = ["upper()", "lower()", "split()", "split(',')", "split(' ', 1)", "strip()", "strip('a')", "replace('a', 'o')", "startswith('a')", "endswith('c')", "title()", "capitalize()", "index('a')", "find('b')", "count('a')", "join(['p', 'q'])", "keys()|list", "values()|list", "items()|list", "get('a')", "get('zz', 1)",
           "swapcase()", "isdigit()", "isalpha()", "isupper()", "zfill(6)", "ljust(5, '.')", "rjust(5)", "splitlines()", "partition(' ')", "rsplit(' ', 1)", "copy()", "index(1)", "count(1)", "istitle()", "center(7, '*')", "removeprefix('a')", "lstrip()", "rstrip()", "casefold()|length if false else 1"]
BINARY = ["+", "-", "*", "/", "//", "%", "~", "==", "!=", "<", "<=", ">", ">=", "in", "not in", "and", "or", "+", "~", "**"]


class Maker:
    def __init__(self, seed):
        self.random = random.Random(seed)

    def expression(self, depth):
        pick = self.random.choice
        kind = self.random.randrange(22 if depth > 0 else 4)
        inner = lambda: self.expression(depth - 1)
        if kind == 0:
            return pick(NUMBERS)
        if kind == 1:
            return pick(TEXTS)
        if kind in (2, 3):
            return pick(NAMES)
        if kind in (4, 5, 6, 7):
            return "%s|%s" % (self.operand(depth), pick(FILTERS))
        if kind in (8, 9):
            return "%s.%s" % (self.operand(depth), pick(METHODS))
        if kind in (10, 11, 12):
            return "%s %s %s" % (self.operand(depth), pick(BINARY), self.operand(depth))
        if kind == 13:
            return "%s is %s%s" % (self.operand(depth), pick(["", "not "]), pick(TESTS))
        if kind == 14:
            return "%s if %s else %s" % (inner(), inner(), inner())
        if kind == 15:
            return "[%s]" % ", ".join(inner() for _ in range(self.random.randrange(4)))
        if kind == 16:
            return "(%s,)" % ", ".join(inner() for _ in range(self.random.randrange(1, 3)))
        if kind == 17:
            return "{%s}" % ", ".join("%s: %s" % (pick(TEXTS + NUMBERS), inner()) for _ in range(self.random.randrange(3)))
        if kind == 18:
            bound = lambda: pick(["", "", "1", "-1", "2", "0", "-3"])
            return "%s[%s:%s%s]" % (self.operand(depth), bound(), bound(), pick(["", "", ":2", ":-1"]))
        if kind == 19:
            return "%s[%s]" % (self.operand(depth), pick(["0", "1", "-1", "'a'", "'name'", "one", "label"]))
        if kind == 20:
            return pick(["not %s", "-%s", "+%s"]) % self.operand(depth)
        return pick(["range(%s)|list", "range(1, %s)|list", "dict(a=%s)", "namespace(v=%s).v", "zip(items, [%s])|list", "[%s]|first"]) % inner()

    def operand(self, depth):
        text = self.expression(depth - 1)
        return text if text.isidentifier() else "(%s)" % text

    def body(self, depth, loop=False):
        return "".join(self.statement(depth, loop) for _ in range(self.random.randrange(1, 4)))

    def sign(self):
        return self.random.choice(["", "", "", "-", "+"])

    def tag(self, text):
        return "{%%%s %s %s%%}" % (self.sign(), text, self.sign())

    def statement(self, depth, loop):
        pick = self.random.choice
        kind = self.random.randrange(12 if depth > 0 else 4)
        if kind in (0, 1):
            return pick(["text", "\n", "  \n  ", " a ", ".", "\u00e9\U0001f600 "])
        if kind in (2, 3):
            return "{{ %s }}" % self.expression(2)
        if kind in (4, 5):
            elif_ = self.tag("elif " + self.expression(1)) + self.body(depth - 1, loop) if self.random.random() < 0.3 else ""
            else_ = self.tag("else") + self.body(depth - 1, loop) if self.random.random() < 0.5 else ""
            return self.tag("if " + self.expression(2)) + self.body(depth - 1, loop) + elif_ + else_ + self.tag("endif")
        if kind in (6, 7):
            target = pick(["x", "y", "x", "x, y", "text"])
            source = {"x, y": pick(["pairs", "nested.items()", "zip(items, words)", "{'k': 1}|dictsort"])}.get(target) or self.operand(2)
            test = " if %s" % self.expression(1) if self.random.random() < 0.2 else ""
            else_ = self.tag("else") + self.body(depth - 1) if self.random.random() < 0.2 else ""
            extra = "{{ loop.%s }}" % pick(["index", "index0", "revindex", "revindex0", "first", "last", "length", "depth", "previtem", "nextitem", "cycle('p', 'q')", "changed(x)"]) if self.random.random() < 0.6 else ""
            return self.tag("for %s in %s%s" % (target, source, test)) + extra + self.body(depth - 1, True) + else_ + self.tag("endfor")
        if kind == 8:
            return self.tag("set %s = %s" % (pick(["x", "y", "text", "items"]), self.expression(2)))
        if kind == 9:
            return self.tag("set %s%s" % (pick(["x", "y"]), pick(["", " | upper", " | trim | length"]))) + self.body(depth - 1, loop) + self.tag("endset")
        if kind == 10:
            return pick(["{# note #}", "{#- note -#}", "{% raw %}{{ x }}{% endraw %}", self.tag("filter upper") + self.body(depth - 1, loop) + self.tag("endfilter"),
                         self.tag("with x = %s, q = 2" % self.expression(1)) + self.body(depth - 1, loop) + "{{ q }}" + self.tag("endwith")])
        name = pick(["m1", "m2"])
        return self.tag("macro %s(x, y='d')" % name) + self.body(depth - 1) + self.tag("endmacro") + "{{ %s(%s) }}" % (name, pick(["1", "'a', 2", "y=3", "", "items"])) + pick(["", self.tag("call %s(1)" % name) + "c" + self.tag("endcall")])


def main():
    count, seed, refused = int(sys.argv[1]), int(sys.argv[2]), len(sys.argv) > 3
    maker, environment = Maker(seed), oracle.prompt_environment()
    while count > 0:
        template = maker.body(3)
        if len(template) > 3000:
            continue
        rendered = oracle.render(environment, template, make.ROW)
        if (rendered is None) != refused or rendered is not None and (" at 0x" in rendered or len(rendered) > 20000):
            continue
        count -= 1
        print(json.dumps({"template": template, "row": make.ROW, "expected": "\u0000" if rendered is None else rendered}))


if __name__ == "__main__":
    main()
