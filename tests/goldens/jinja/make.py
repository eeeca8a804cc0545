"""Renders our own cases with Jinja2, the reference.

Writes prompt.jsonl and chat.jsonl beside this script: one case a line, {"template", "row", "expected"}, or "error": true
instead of "expected" where Jinja2 refuses. Run with Debian's /usr/bin/python3 (python3-jinja2 3.1.2).
"""

import json
import os

import oracle

HERE = os.path.dirname(os.path.abspath(__file__))

ROW = {
    "text": "The quick brown fox", "empty": "", "none": None, "yes": True, "no": False, "zero": 0, "one": 1, "seven": 7, "minus": -5,
    "big": 9007199254740993, "half": 2.5, "third": 0.1, "large": 1e16, "tiny": 1e-05, "whole": 3.0,
    "emoji": "a\U0001f600b\U0001f44d\U0001f3fdc", "hebrew": "\u05e9\u05dc\u05d5\u05dd world", "german": "Stra\u00dfe \u00c4\u00d6\u00dc", "turkish": "\u0130stanbul \u0131",
    "greek": "\u039f\u0394\u039f\u03a3 \u03a3\u0391\u03a3", "accents": "e\u0301te\u0301 caf\u00e9", "chinese": "\u4f60\u597d\uff0c\u4e16\u754c", "quotes": "it's \"so\"", "html": "<b>&'\"</b>",
    "lines": "one\ntwo\r\nthree\n\nfive\n", "tabs": "a\tb\x0bc\x1cd", "spaces": "  padded \u00a0\n", "path": "a/b//c", "csv": "x, y,,z",
    "label": -1, "items": [3, 1, 2], "words": ["banana", "Apple", "cherry", "apple"], "mixed": [1, "a", None, True, 2.5, [1, 2], {"k": "v"}],
    "nested": {"a": {"b": [10, 20, {"c": "deep"}]}, "list": [1, 2, 3], "n": None}, "people": [
        {"name": "Ada", "age": 36, "city": "London", "tags": ["x", "y"]}, {"name": "bob", "age": 20, "city": "Paris", "tags": []},
        {"name": "Cleo", "age": 36, "city": "london", "tags": ["z"]}, {"name": "dan", "tags": ["w"]}],
    "empty_list": [], "empty_dict": {}, "pairs": [["a", 1], ["b", 2], ["c", 3]], "floats": [0.1, 0.2, 0.3], "bools": [True, False],
    "answers": {"text": ["Paris", "paris"], "start": [3, 9]}, "dup": ["b", "a", "b", "c", "a"],
}


def cases():
    """Templates, by what they try. Each is rendered over ROW."""
    yield from (line for line in LITERALS.split("\n") if line)
    yield from (line for line in EXPRESSIONS.split("\n") if line)
    yield from (line for line in FILTERS.split("\n") if line)
    yield from (line for line in METHODS.split("\n") if line)
    yield from (line for line in TESTS.split("\n") if line)
    yield from STATEMENTS
    yield from BLANKS
    yield from printed_numbers()
    yield from slices()
    yield from cased()


LITERALS = r"""
{{ 'plain' }}|{{ "double" }}|{{ 'it''s' }}|{{ 'a' "b" 'c' }}
{{ 'tab\tnl\nquote\'back\\x\x41u\u00e9U\U0001f600oct\101\7bell' }}
{{ '\d \w \é \😀 \	' }}
{{ 1 }} {{ 1_000 }} {{ 0x1F }} {{ 0o17 }} {{ 0b101 }} {{ 00 }} {{ 1.5 }} {{ 1e3 }} {{ 1.5e-7 }} {{ 1_0.2_5 }} {{ 2E+2 }}
{{ true }} {{ True }} {{ false }} {{ False }} {{ none }} {{ None }} {{ missing }}|
{{ [] }} {{ [1] }} {{ [1, 'a', None, 2.0,] }} {{ () }} {{ (1,) }} {{ (1, 2) }} {{ {} }} {{ {'a': 1, 2: [3], None: (4,)} }}
{{ 1, 2 }} {{ (1) }} {{ 'a', }}
{{ {'x': {'y': {'z': 1}}}.x.y.z }} {{ {1: 'int', 1.0: 'float', True: 'bool'} }}
{{ ["it's", 'say "hi"', 'both \' and "', 'back\\slash', 'nl\n', '\x00\x7f\xa0\xad', '\u200b\u2028', '\U0001f600', 'é'] }}
{{ 9223372036854775807 }} {{ -9223372036854775807 }}
{{ [missing, none, true] }} {{ {'u': missing} }}
{{ 'a' 'b' ~ 'c' }}
{{ 1.0 }} {{ 100000000000000000.0 }} {{ 1e22 }} {{ 123456789.123456789 }} {{ 5e-324 }} {{ 1.7976931348623157e308 }}
{{ {'a': 1,} }} {{ [[], [[]], {}] }} {{ ((1, 2), (3,)) }}
"""

EXPRESSIONS = r"""
{{ 1 + 2 * 3 - 4 / 2 }} {{ 7 // 2 }} {{ -7 // 2 }} {{ 7 % 3 }} {{ -7 % 3 }} {{ 7 % -3 }} {{ 2 ** 10 }} {{ 2 ** -1 }} {{ 2 ** 0.5 }}
{{ 7.5 // 2 }} {{ -7.5 // 2 }} {{ 7.5 % 2 }} {{ -7.5 % 2 }} {{ 1 / 3 }} {{ 6 / 3 }} {{ 0.1 + 0.2 }} {{ 1e308 * 10 }} {{ -1e308 * 10 }}
{{ 2 ** 3 ** 2 }} {{ -2 ** 2 }} {{ (-2) ** 2 }} {{ - 3 }} {{ + 3 }} {{ --3 }} {{ -half }} {{ +yes }} {{ -yes }}
{{ true + true }} {{ true * 5 }} {{ yes / 2 }} {{ 3 - no }} {{ 5 // true }} {{ 1.0 // 1 }} {{ -0.0 }} {{ 0.0 * -1 }}
{{ 'a' + 'b' }} {{ 'ab' * 3 }} {{ 3 * 'ab' }} {{ 'ab' * 0 }}{{ 'ab' * -1 }} {{ [1] + [2] }} {{ [1, 2] * 2 }} {{ (1,) + (2,) }} {{ (1,) * 2 }} {{ yes * 'x' }}
{{ 'a' ~ 1 ~ none ~ true ~ 1.0 ~ [1] ~ missing ~ 'z' }}
{{ (1 ~ 2) + '3' }} {{ 1 ~ (2 + 3) }} {{ 'a' ~ 2 * 3 }}
{{ 1 == 1.0 }} {{ 1 == true }} {{ 'a' == 'a' }} {{ none == none }} {{ missing == missing }} {{ [1, 2] == [1.0, 2] }} {{ (1,) == [1] }} {{ {'a': 1} == {'a': 1.0} }}
{{ 1 != 2 }} {{ 1 < 2 <= 2 > 1 >= 1 }} {{ 3 > 2 > 2 }} {{ 1 < 2.5 }} {{ 'a' < 'b' }} {{ 'Z' < 'a' }} {{ [1, 2] < [1, 3] }} {{ (1, 2) < (1,) }} {{ 'a' < 'ab' }}
{{ big == 9007199254740992.0 }} {{ big > 9007199254740992.0 }} {{ 1e300 > big }} {{ -1e300 < big }}
{{ '\uffee' < '\U0001f600' }} {{ '\U0001f600' < '\uffee' }} {{ 'é' > 'z' }}
{{ 1 in [1, 2] }} {{ 'a' in 'cat' }} {{ '' in 'cat' }} {{ 'x' not in 'cat' }} {{ 'k' in {'k': 1} }} {{ 1 in {1: 2} }} {{ 3 in range(5) }} {{ 5 in range(5) }} {{ 3 in range(1, 9, 2) }} {{ 4 in range(1, 9, 2) }} {{ 2 in range(5, 0, -3) }} {{ 5.0 in range(9) }} {{ -1 in range(3) }} {{ missing in [1] }} {{ 1 in missing }} {{ none in [none] }} {{ true in [1] }}
{{ yes and 'x' }} {{ no and 'x' }} {{ yes or 'x' }} {{ empty or 'x' }} {{ 0 or none }} {{ not yes }} {{ not empty }} {{ not none and 1 }} {{ 1 and 2 or 3 }} {{ not 1 in [1] }} {{ not not 1 }}
{{ 'y' if yes else 'n' }} {{ 'y' if no else 'n' }} {{ 'y' if no }}| {{ 1 if no else 2 if no else 3 }} {{ ('a' if yes else 'b') ~ 'c' }} {{ 'a' if yes else 'b' ~ 'c' }}
{{ text[0] }} {{ text[-1] }} {{ text[99] }}| {{ items[0] }} {{ items[-1] }} {{ items[5] }}| {{ items[true] }} {{ nested.a.b[2].c }} {{ nested['a']['b'][1] }} {{ nested.missing }}| {{ nested['list'] }} {{ nested.list }}
{{ emoji[1] }} {{ emoji[2] }} {{ emoji[-1] }} {{ emoji[3] }} {{ emoji|length }} {{ emoji[1:3] }} {{ emoji[::-1] }} {{ emoji[:2] }} {{ emoji.index('b') }} {{ emoji.find('c') }}
{{ items.0 }} {{ pairs.1.0 }} {{ nested.a.b.2.c }} {{ 'abc'.1 }}
{{ {'a': 1}['a'] }} {{ {'a': 1}.b }}| {{ {1: 'x'}[1] }} {{ {1: 'x'}[1.0] }} {{ {(1, 2): 'x'}[1, 2] }} {{ {none: 'n'}[none] }}
{{ items['0'] }}| {{ items.x }}| {{ text.x }}| {{ none.x }}| {{ seven.x }}| {{ seven[0] }}|
{{ range(5) }} {{ range(1, 5)|list }} {{ range(10, 0, -3)|list }} {{ range(0)|list }} {{ range(5)[2] }} {{ range(5)[-1] }} {{ range(10)[2:8:2] }} {{ range(3)|length }} {{ range(0, 10, 2)[::-1]|list }}
{{ zip([1, 2], 'ab')|list }} {{ zip([1, 2, 3], [4, 5])|list }} {{ zip()|list }} {{ zip([1])|list }}
{{ dict(a=1, b=2) }} {{ dict([['x', 1]]) }} {{ dict({'a': 1}, b=2) }} {{ dict() }}
{{ joiner()() }} {{ cycler(1, 2).next() }} {{ cycler('a').current }}
{% set c = cycler('odd', 'even') %}{{ c.next() }}{{ c.next() }}{{ c.next() }}{{ c.current }}{% set _ = c.reset() %}{{ c.current }}
{% set j = joiner('; ') %}{% for i in [1, 2, 3] %}{{ j() }}{{ i }}{% endfor %}
{{ nested.items is defined }} {{ nested.keys()|list }} {{ nested['keys'] is defined }}
{{ (items)[1] }} {{ (text ~ '!')[-1] }} {{ [1, 2, 3][1:] }} {{ 'abc'[1:] ~ 'd' }} {{ 'a,b'.split(',')[1] }}
{{ text.split()[1] }} {{ text.split(' ', 1) }} {{ (text.split())[-1][0] }}
{{ answers.text[0] }} {{ answers['text'][0] }} {{ answers.text|first }} {{ answers["text"] | join(", ") }}
{{ ['no', 'yes'][one] }} {{ ['no', 'yes'][label] }} {{ ['A', 'B', 'C'][items[1]] }} {{ {0: 'neg', 1: 'pos'}[one] }} {{ {-1: 'none'}[label] }}
{{ "abc"[0:2] if "abc"[0:2] == "ab" else none }} {{ (1 if yes else 2) + 1 }}
{{ 1 is defined and 2 is defined }} {{ not missing is defined }} {{ 3 is divisibleby 3 and 4 is even }}
{{ 5 is odd == true }} {{ 'a' is string ~ 'x' }}
{{ 10 - 2 - 3 }} {{ 2 * 3 % 4 }} {{ 100 / 10 / 5 }} {{ 1 - -1 }} {{ 1 +1 }} {{ 2**2**2 }}
{{ [1, 2, 3] | length + 1 }} {{ 'a' ~ [1]|length }} {{ -5|abs }} {{ 2 + 3|string|length }} {{ [3, 4]|first * 2 }}
{{ namespace(a=1).a }} {{ namespace(a=1) }} {{ namespace({'b': 2}, c=3).c }} {{ namespace().x }}|
{{ text.upper() }} {{ text['upper']() }} {{ [text][0].lower() }} {{ ('a' ~ 'b').upper() }}
{{ "%s is %d years" % ("Ada", 36) }} {{ "%s" % "x" }} {{ "%5d|%-5d|%05d|%+d" % (42, 42, 42, 42) }} {{ "%.2f|%8.3f|%e|%g|%G" % (3.14159, 2.5, 12345.678, 0.00001234, 1e20) }} {{ "%x|%X|%o|%#x|%c|%%" % (255, 255, 8, 255, 65) }} {{ "%(a)s-%(b)d" % {"a": 1, "b": 2} }} {{ "%r %s" % ("a", none) }} {{ "%5s|%-5s|%.2s" % ("ab", "ab", "abcdef") }} {{ "%*d" % (5, 42) }} {{ "%s" % [1, 2] }} {{ "%d" % 3.99 }} {{ "%d%%" % yes }} {{ "% d" % 5 }} {{ "%.0f %.0f %.0f" % (0.5, 1.5, 2.5) }} {{ "%.3g|%g|%g" % (1234.5, 100000.0, 1000000.0) }} {{ "%i" % 7 }}
{{ none.x is defined }} {{ none is none }} {{ missing is none }} {{ (missing or 'd') }} {{ missing|default(none) }}
{{ [1, 2, 3] in [[1, 2, 3]] }} {{ 'a' in ['a', 'b'] and 'c' not in ['a'] }} {{ {'a': 1} in [{'a': 1}] }}
{{ loop }}| {{ caller }}| {{ varargs }}|
{{ half * 2 }} {{ half + 1 }} {{ third * 3 }} {{ large }} {{ tiny }} {{ whole }} {{ whole // 1 }} {{ 1e16 + 1 }} {{ 123456789012345680.0 }}
"""

FILTERS = r"""
{{ items|join }} {{ items|join(', ') }} {{ words|join('-')|upper }} {{ people|join(', ', attribute='name') }} {{ 'abc'|join('.') }} {{ missing|join('x') }}| {{ [none, true, 1.0, missing]|join('|') }} {{ nested|join(',') }} {{ items|join(d=' + ') }} {{ [[1], (2,)]|join }} {{ items|join(0) }}
{{ text|replace('quick', 'slow') }} {{ 'aaaa'|replace('a', 'b', 2) }} {{ 'abc'|replace('', '-') }} {{ 'abc'|replace('', '-', 2) }} {{ 123|replace(2, 'x') }} {{ none|replace('N', 'n') }} {{ 'aXbX'|replace('X', '\n') }} {{ text|replace(old='The', new='A') }} {{ emoji|replace('😀', '!') }} {{ 'abc'|replace('d', 'e') }}
{{ text|length }} {{ items|length }} {{ items|count }} {{ nested|length }} {{ missing|length }} {{ emoji|length }} {{ ''|length }} {{ accents|length }}
{{ missing|default('d') }} {{ missing|d('x') }} {{ none|default('d') }} {{ ''|default('d') }}| {{ ''|default('d', true) }} {{ none|default('d', boolean=true) }} {{ 0|default(5, true) }} {{ 'v'|default('d') }} {{ nested.x|default('deep') }} {{ missing|default }}|
{{ '42'|int }} {{ '42.7'|int }} {{ 'x'|int }} {{ 'x'|int(7) }} {{ 3.99|int }} {{ -3.99|int }} {{ none|int }} {{ true|int }} {{ ' 12 '|int }} {{ '1_000'|int }} {{ '0x1A'|int(0, 16) }} {{ '1A'|int(base=16) }} {{ '101'|int(0, 2) }} {{ '-5'|int }} {{ '+5'|int }} {{ '1e3'|int }} {{ ''|int }} {{ '٣'|int }} {{ '0b11'|int(0, 0) }} {{ []|int(5) }} {{ '12abc'|int }} {{ '5_'|int }} {{ 'nan'|int }}
{{ '42'|float }} {{ '1.5e3'|float }} {{ 'x'|float }} {{ 'x'|float(1.5) }} {{ 3|float }} {{ true|float }} {{ none|float }} {{ 'inf'|float }} {{ '-Infinity'|float }} {{ 'nan'|float }} {{ ' .5 '|float }} {{ '5.'|float }} {{ '1_0.5'|float }} {{ '1e400'|float }} {{ '.'|float }} {{ '1__0'|float }} {{ 'x'|float('d') }}
{{ spaces|trim }}| {{ 'xxaxx'|trim('x') }} {{ 'xyaxy'|trim('yx') }} {{ 42|trim }} {{ ' a '|trim(none) }} {{ '.a.'|trim(chars='.') }} {{ '😀a😀'|trim('😀') }} {{ tabs|trim }} {{ '\x1c a \x85'|trim }}|
{{ text|lower }} {{ text|upper }} {{ text|capitalize }} {{ 'hello wORLD'|title }} {{ "it's a-b (c) [d] <e> {f}"|title }} {{ 'ǆ ß ŉ'|title }} {{ 42|upper }} {{ none|lower }} {{ true|upper }}
{{ german|upper }} {{ german|lower }} {{ turkish|upper }} {{ turkish|lower }} {{ greek|lower }} {{ greek|capitalize }} {{ greek|title }} {{ hebrew|upper }} {{ chinese|title }} {{ emoji|upper }} {{ 'ﬁn'|upper }} {{ 'ßa'|capitalize }} {{ 'ĳs'|title }}
{{ 'abc'|list }} {{ items|list }} {{ nested|list }} {{ range(3)|list }} {{ (1, 2)|list }} {{ missing|list }} {{ emoji|list }} {{ ''|list }}
{{ ['a', 'b']|map('upper')|list }} {{ people|map(attribute='name')|list }} {{ people|map(attribute='age', default=0)|list }} {{ items|map('string')|join('.') }} {{ ['a b', 'c']|map('replace', ' ', '_')|list }} {{ people|map(attribute='tags.0')|list }} {{ [[1, 2], [3]]|map('first')|list }} {{ [[1, 2], [3]]|map('join', '-')|list }} {{ empty_list|map('upper')|list }} {{ [1, 2]|map('default', 3)|list }} {{ missing|map('upper')|list }} {{ ['1', '2']|map('int')|sum }}
{{ [0, 1, '', 'a', none]|select|list }} {{ items|select('odd')|list }} {{ items|select('>', 1)|list }} {{ items|select('divisibleby', 3)|list }} {{ ['a', none]|select('string')|list }} {{ items|select('in', [1, 2])|list }} {{ items|select('==', 2)|first }} {{ words|select('equalto', 'apple')|list }}
{{ [0, 1, '', 'a', none]|reject|list }} {{ items|reject('odd')|list }} {{ items|reject('equalto', 2)|list }} {{ [1, none, 2]|reject('none')|list }} {{ ['', 'a']|reject('equalto', '')|join(',') }}
{{ people|selectattr('age')|map(attribute='name')|list }} {{ people|selectattr('age', 'equalto', 36)|map(attribute='name')|join(',') }} {{ people|selectattr('age', 'undefined')|list }} {{ people|selectattr('age', 'defined')|list|length }} {{ people|selectattr('tags.0', 'defined')|map(attribute='name')|list }}
{{ people|rejectattr('age')|map(attribute='name')|list }} {{ people|rejectattr('age', 'equalto', 36)|map(attribute='name')|join(',') }} {{ people|rejectattr('city', 'string')|list|length }}
{{ 42.55|round }} {{ 42.55|round(1) }} {{ 42.55|round(1, 'floor') }} {{ 42.55|round(1, 'ceil') }} {{ 42|round }} {{ 2.5|round }} {{ 3.5|round }} {{ -2.5|round }} {{ 2.675|round(2) }} {{ 1234.5|round(-2) }} {{ 1250|round(-2) }} {{ 1350|round(-2) }} {{ 0.5|round }} {{ 1.005|round(2) }} {{ 5|round(0, 'ceil') }} {{ 2.1|round(0, 'ceil') }} {{ -2.1|round(method='floor') }} {{ 1e20|round }} {{ 0.1|round(20) }} {{ 42.55|round|int }} {{ true|round }} {{ 25|round(-1) }} {{ 35|round(-1) }} {{ 5|round(-3) }}
{{ -5|abs }} {{ 5|abs }} {{ -2.5|abs }} {{ minus|abs }} {{ true|abs }}
{{ dup|unique|list }} {{ words|unique|list }} {{ words|unique(true)|list }} {{ people|unique(attribute='age')|map(attribute='name')|list }} {{ [1, 1.0, true, 2]|unique|list }} {{ 'abab'|unique|join }}
{{ items|first }} {{ items|last }} {{ text|first }} {{ text|last }} {{ []|first }}| {{ []|last }}| {{ ''|first }}| {{ missing|first }}| {{ emoji|last }} {{ nested|first }} {{ nested|last }} {{ range(3)|last }} {{ people|map(attribute='name')|first }}
{{ items|min }} {{ items|max }} {{ words|min }} {{ words|max }} {{ words|min(case_sensitive=true) }} {{ people|selectattr('age')|max(attribute='age') }} {{ []|min }}| {{ [1, 1.0]|max }} {{ 'hello'|max }} {{ people|min(attribute='name') }} {{ ['b', 'B']|max }}
{{ items|sum }} {{ floats|sum }} {{ []|sum }} {{ people|selectattr('age')|sum(attribute='age') }} {{ items|sum(start=10) }} {{ [[1], [2]]|sum(start=[]) }} {{ [1.5, 2]|sum }} {{ [true, true]|sum }}
{{ items|sort }} {{ items|sort(reverse=true) }} {{ words|sort }} {{ words|sort(case_sensitive=true) }} {{ words|sort(true) }} {{ people|selectattr('age')|sort(attribute='age')|map(attribute='name')|list }} {{ people|sort(attribute='name')|map(attribute='name')|list }} {{ people|selectattr('age')|sort(attribute='age,name', reverse=true)|map(attribute='name')|list }} {{ 'cab'|sort }} {{ [(2, 'b'), (1, 'z'), (2, 'a')]|sort }} {{ [[2, 'b'], [1, 'z']]|sort(attribute=1) }} {{ nested|sort }}
{{ 1|string }} {{ none|string }} {{ [1]|string|length }} {{ 1.50|string }} {{ true|string|lower }}
{{ '%s and %s'|format('a', 'b') }} {{ '%(x)s'|format(x=5) }} {{ '%d%%'|format(50) }} {{ '%.1f'|format(2.25) }} {{ 'none'|format }} {{ '%05.1f|%+.2e|%10s|%-10s|'|format(3.14159, 12345.678, 'r', 'l') }}
{{ nested|tojson }} {{ html|tojson }} {{ mixed|tojson }} {{ emoji|tojson }} {{ chinese|tojson }} {{ quotes|tojson }} {{ none|tojson }} {{ 1.0|tojson }} {{ [1, 2]|tojson(2) }} {{ {'b': 1, 'a': [1, {}]}|tojson(indent=1) }} {{ []|tojson(2) }} {{ {}|tojson(2) }} {{ tabs|tojson }} {{ {1: 2, 3: 4}|tojson }} {{ (1, 2)|tojson }} {{ 'é\x7f\u2028'|tojson }} {{ '/'|tojson }}
{{ text|tojson ~ html }} {{ (html|tojson)|length }} {{ html|tojson|replace('\\u003c', 'LT') }} {{ (html|tojson)[1:3] }} {{ html|tojson + '<' }} {{ '<' + (html|tojson) }} {{ html|escape }} {{ html|e }} {{ (html|e) + '<i>' }} {{ html|safe }} {{ html|safe|e }} {{ html|forceescape }} {{ html|e|forceescape }} {{ [html|e] }} {{ (html|safe) * 2 }}
{{ nested.a|items|list }} {{ missing|items|list }} {{ {'x': 1}|items|first }}
{{ range(7)|batch(3)|list }} {{ range(7)|batch(3, 'x')|list }} {{ []|batch(2)|list }} {{ range(4)|batch(2)|list }} {{ [1]|batch(3, 0)|list }} {{ range(7)|slice(3)|list }} {{ range(7)|slice(3, 'x')|list }} {{ range(2)|slice(3)|list }} {{ []|slice(2)|list }}
{{ lines|indent }} {{ lines|indent(2) }} {{ lines|indent(2, true) }} {{ lines|indent(2, blank=true) }} {{ 'a\nb'|indent('> ') }} {{ ''|indent }}| {{ 'a\n'|indent }}| {{ 'a\n\nb'|indent(width=1, first=true, blank=true) }}
{{ text|wordcount }} {{ "it's a test-case, really!"|wordcount }} {{ ''|wordcount }} {{ accents|wordcount }} {{ chinese|wordcount }} {{ 'a_b 1,2 ½ ²'|wordcount }} {{ hebrew|wordcount }}
{{ 'abc'|reverse }} {{ items|reverse|list }} {{ emoji|reverse }} {{ range(3)|reverse|join }} {{ nested|reverse|list }} {{ (1, 2)|reverse|list }} {{ items|map('string')|reverse|list }}
{{ {'b': 1, 'A': 2, 'c': 0}|dictsort }} {{ {'b': 1, 'A': 2}|dictsort(true) }} {{ {'b': 1, 'A': 2}|dictsort(by='value') }} {{ {'b': 1, 'A': 2}|dictsort(false, 'value', true) }} {{ {}|dictsort }}
{% for g in people|groupby('city', default='') %}{{ g.grouper }}={{ g.list|map(attribute='name')|join('+') }};{% endfor %}
{% for city, list in people|selectattr('city')|groupby('city') %}{{ city }}:{{ list|length }} {% endfor %} {{ people|selectattr('age')|groupby('age') }} {{ [{'a': 'x'}, {'a': 'X'}]|groupby('a', case_sensitive=true)|length }} {{ [{'a': 'x'}, {'a': 'X'}]|groupby('a') }} {{ [[1, 2], [1, 3]]|groupby(0) }}
{{ dup|most_frequent }} {{ []|most_frequent }} {{ ['a']|most_frequent }} {{ items|most_frequent }} {{ dup|most_frequent|choice }} {{ ''|most_frequent }} {{ [1, 1.0, 'a']|most_frequent }}
{{ dup|choice }} {{ dup|random }} {{ []|random }}| {{ 'xyz'|choice }} {{ range(3)|random }}
{{ text|highlight }}
{{ text|truncate(9) }} {{ text|truncate(9, true) }} {{ text|truncate(9, true, '…') }} {{ text|truncate(15) }} {{ text|truncate(14, leeway=0) }} {{ text|truncate }} {{ 'abcdefghijklmnop'|truncate(5) }} {{ emoji|truncate(3, true, '', 0) }} {{ text|truncate(length=9, end='') }}
{{ 'x'|center(7) }}| {{ 'ab'|center(7) }}| {{ 'abc'|center(6) }}| {{ 'x'|center(0) }} {{ 5|center(4) }}|
{{ nested|attr('keys') is defined }} {{ nested|attr('a') is defined }} {{ 'a'|attr('nope') is defined }}
{{ (items|map('string'))|join('-') ~ '!' }} {{ words|map('length')|list }} {{ words|map('upper')|map('lower')|map('first')|join }} {{ items|select('odd')|map('string')|list|join(' and ') }}
{{ 'A'|lower|upper|list|first }} {{ text|trim|length|string ~ 'x' }}
{{ [[3, 1], [2]]|map('sort')|list }} {{ [[3, 1], [2]]|map('sum')|max }} {{ ['x,y', 'z']|map('replace', ',', ';')|list }}
{{ [1, 2, 3, 4]|select('even')|sum }} {{ people|map(attribute='tags')|select('defined')|map('length')|list }}
{{ 'a-b_c d'|title }} {{ 'éa ÉB'|capitalize }} {{ 'ΑΣ ΑΣ'|lower }} {{ "O'NEIL's"|lower|title }}
{{ {'a': [1, 2], 'b': {'c': none}}|string }} {{ 12345.678|round(1)|string ~ '!' }}
"""

METHODS = r"""
{{ text.split() }} {{ text.split('q') }} {{ csv.split(',') }} {{ csv.split(', ') }} {{ path.split('/') }} {{ ' a  b '.split() }} {{ ' a  b '.split(' ') }} {{ ''.split() }} {{ ''.split(',') }} {{ 'a,b,c'.split(',', 1) }} {{ 'a b c '.split(none, 1) }} {{ 'a b c'.split(maxsplit=1) }} {{ 'a,b,c'.rsplit(',', 1) }} {{ ' a b c '.rsplit(none, 1) }} {{ ' a b '.rsplit() }} {{ 'aXXb'.split('XX') }} {{ hebrew.split(' ')[1] }}
{{ spaces.strip() }}| {{ 'xax'.strip('x') }} {{ 'xax'.lstrip('x') }} {{ 'xax'.rstrip('x') }} {{ ' a '.lstrip() }}| {{ ' a '.rstrip() }}| {{ 'aé'.strip('é') }} {{ 'abc'.strip('abc') }}|
{{ text.lower() }} {{ text.upper() }} {{ text.capitalize() }} {{ 'hello wORLD it\'s'.title() }} {{ 'aB'.swapcase() }} {{ german.upper() }} {{ 'HELLO'.casefold() }} {{ 'ab12cd'.title() }} {{ 'ǆx'.title() }}
{{ text.index('q') }} {{ text.find('zz') }} {{ text.rfind('o') }} {{ text.find('o', 13) }} {{ text.index('o', -10) }} {{ text.count('o') }} {{ 'aaa'.count('aa') }} {{ 'abc'.count('') }} {{ emoji.find('b') }} {{ 'abc'.find('') }} {{ 'abc'.rfind('') }} {{ 'abcabc'.rindex('b') }} {{ text.count('o', 0, 12) }}
{{ text.replace('o', '0') }} {{ 'aaa'.replace('a', 'b', 2) }} {{ 'ab'.replace('', '.') }} {{ 'abc'.replace('b', '') }}
{{ ', '.join(words) }} {{ ''.join(['a', 'b']) }} {{ '-'.join('abc') }} {{ '|'.join(people|map(attribute='name')) }} {{ ','.join([]) }}|
{{ text.startswith('The') }} {{ text.startswith(('A', 'T')) }} {{ text.endswith('fox') }} {{ text.endswith('') }} {{ text.startswith('quick', 4) }} {{ text.endswith('The', 0, 3) }}
{{ 'a.b.c'.partition('.') }} {{ 'a.b.c'.rpartition('.') }} {{ 'abc'.partition('.') }} {{ 'abc'.rpartition('.') }} {{ lines.splitlines() }} {{ lines.splitlines(true) }} {{ tabs.splitlines() }} {{ ''.splitlines() }}
{{ '7'.zfill(3) }} {{ '-7'.zfill(4) }} {{ 'a'.ljust(3) }}| {{ 'a'.rjust(3, '.') }} {{ 'ab'.center(5, '*') }} {{ 'a'.center(4, '*') }}
{{ 'abc'.isalpha() }} {{ '12'.isdigit() }} {{ '1.2'.isdigit() }} {{ '²'.isdigit() }} {{ '½'.isnumeric() }} {{ '½'.isdigit() }} {{ 'a1'.isalnum() }} {{ ' '.isspace() }} {{ ''.isspace() }} {{ 'Ab'.isupper() }} {{ 'AB1'.isupper() }} {{ 'ab'.islower() }} {{ '1'.islower() }} {{ 'Ab Cd'.istitle() }} {{ 'ab'.istitle() }} {{ 'é'.isascii() }} {{ '٣'.isdecimal() }} {{ 'é'.isalpha() }} {{ '你'.isalpha() }}
{{ 'prefix-x'.removeprefix('prefix-') }} {{ 'x.txt'.removesuffix('.txt') }} {{ 'x'.removesuffix('') }}
{{ items.index(1) }} {{ items.count(2) }} {{ words.index('cherry') }} {{ (1, 2, 1).count(1) }} {{ (1, 2).index(2) }} {{ [1, 2, 1].index(1, 1) }}
{{ nested.keys()|list }} {{ nested['a'].values()|list }} {{ nested.a.items()|list }} {{ {'a': 1}.keys() }} {{ {'a': 1}.values() }} {{ {'a': 1}.items() }} {{ nested.get('list') }} {{ nested.get('x') }} {{ nested.get('x', 5) }} {{ nested.keys()|length }}
{% set l = [1, 2] %}{% set _ = l.append(3) %}{{ l }} {{ l.pop() }} {{ l.pop(0) }} {{ l }} {{ l.append(9) }} {{ l }} {{ l.extend([4, 5]) or l }} {{ l.insert(0, 'i') or l }} {{ l.remove(4) or l }} {{ l.reverse() or l }} {{ l.copy() }} {{ l.clear() or l }}
{% set l = [3, 1, 2] %}{{ l.sort() or l }} {{ l.sort(reverse=true) or l }} {{ l.insert(-1, 7) or l }} {{ l.insert(99, 8) or l }} {{ l.pop(-2) }} {{ l }}
{% set d = {'a': 1} %}{% set _ = d.update({'b': 2}) %}{{ d }} {{ d.pop('a') }} {{ d }} {{ d.pop('x', 'default') }} {{ d.update(c=3) }} {{ d }} {{ d.setdefault('z', 1) }} {{ d.setdefault('z', 2) }} {{ d.popitem() }} {{ d.copy() }} {{ d.update([['k', 'v']]) or d }} {{ d.clear() or d }}
{{ 'a' if text.startswith('T') else 'b' }} {{ text.lower().split()[0].upper().index('H') }}
{{ (text.split() | join('_')).lower() }} {{ text.split(' ')|map('first')|join }} {{ text.replace('The', '').strip().split(' ', 1)|last }}
{{ emoji.split('😀') }} {{ emoji.replace('b', '😀').count('😀') }} {{ emoji.strip('ac') }} {{ emoji.rjust(9, '.') }} {{ emoji.zfill(8) }}
"""

TESTS = r"""
{{ 1 is odd }} {{ 2 is even }} {{ 2.0 is even }} {{ -1 is odd }} {{ 9 is divisibleby(3) }} {{ 9 is divisibleby 2 }}
{{ text is defined }} {{ missing is defined }} {{ missing is undefined }} {{ nested.x is undefined }} {{ nested.n is defined }} {{ none is none }} {{ nested.n is none }} {{ missing is none }}
{{ true is boolean }} {{ 1 is boolean }} {{ true is true }} {{ 1 is true }} {{ false is false }} {{ 0 is false }} {{ 1 is integer }} {{ true is integer }} {{ 1.0 is float }} {{ 1 is float }} {{ 1 is number }} {{ true is number }} {{ 1.5 is number }} {{ '1' is number }}
{{ 'a' is string }} {{ 1 is string }} {{ nested is mapping }} {{ items is mapping }} {{ {} is mapping }} {{ items is sequence }} {{ 'a' is sequence }} {{ nested is sequence }} {{ 1 is sequence }} {{ range(3) is sequence }} {{ items is iterable }} {{ 1 is iterable }} {{ none is iterable }} {{ missing is iterable }} {{ missing is sequence }} {{ (items|map('string')) is iterable }} {{ (items|map('string')) is sequence }}
{{ 'abc' is lower }} {{ 'ABC' is upper }} {{ 'Abc' is lower }} {{ '1' is upper }} {{ 'É' is upper }}
{{ range is callable }} {{ 1 is callable }} {{ text is callable }} {{ text.upper is callable }}
{{ 1 is sameas 1 }} {{ none is sameas none }} {{ true is sameas true }} {{ 1 is sameas true }} {{ 1 is sameas 1.0 }}
{{ 1 is eq 1 }} {{ 1 is equalto(2) }} {{ 1 is ne 2 }} {{ 2 is gt 1 }} {{ 2 is greaterthan 2 }} {{ 2 is ge 2 }} {{ 1 is lt 2 }} {{ 1 is lessthan 1 }} {{ 1 is le 1 }} {{ 'a' is in 'abc' }} {{ 1 is in [1] }} {{ 1 is not in [1] }}
{{ 1 is not odd }} {{ missing is not defined }} {{ not 1 is odd }} {{ (1 is odd) and (2 is odd) }} {{ 'upper' is filter }} {{ 'nope' is filter }} {{ 'odd' is test }} {{ 'nope' is test }} {{ 'x'|e is escaped }} {{ 'x' is escaped }}
{{ 'yes' if items is iterable and items is not string else 'no' }} {{ 'y' if text is string and text is not none }} {{ 3 is divisibleby 3 if yes }}
"""

STATEMENTS = [
    "{% if yes %}a{% endif %}{% if no %}b{% endif %}{% if none %}c{% elif zero %}d{% elif one %}e{% else %}f{% endif %}{% if empty %}g{% else %}h{% endif %}",
    "{% if items %}l{% endif %}{% if empty_list %}m{% endif %}{% if empty_dict %}n{% endif %}{% if missing %}o{% endif %}{% if half %}p{% endif %}{% if 0.0 %}q{% endif %}",
    "{% if yes: %}colon{% endif %}",
    "{% for i in items %}{{ i }},{% endfor %}|{% for c in 'héy' %}{{ c }}.{% endfor %}|{% for k in nested %}{{ k }} {% endfor %}|{% for x in missing %}x{% else %}none{% endfor %}",
    "{% for k, v in nested.a.items() %}{{ k }}={{ v }}{% endfor %}|{% for a, b in pairs %}{{ a }}{{ b }}{% endfor %}|{% for (a, (b, c)) in [(1, (2, 3))] %}{{ a }}{{ b }}{{ c }}{% endfor %}|{% for a, b in ['xy'] %}{{ b }}{{ a }}{% endfor %}",
    "{% for i in items %}{{ loop.index }}{{ loop.index0 }}{{ loop.revindex }}{{ loop.revindex0 }}{{ loop.first }}{{ loop.last }}{{ loop.length }}{{ loop.depth }}{{ loop.depth0 }}{{ loop.previtem }}/{{ loop.nextitem }};{% endfor %}",
    "{% for i in items|map('string') %}{{ loop.index }}/{{ loop.length }}{{ loop.last }}{{ loop.revindex }} {% endfor %}",
    "{% for i in items %}{{ loop.cycle('a', 'b') }}{{ loop.changed(i > 1) }} {% endfor %}",
    "{% for i in items if i > 1 %}{{ loop.index }}:{{ i }}/{{ loop.length }} {% else %}never{% endfor %}|{% for i in items if i > 9 %}x{% else %}none{% endfor %}",
    "{% for a in [1, 2] %}{% for b in 'xy' %}{{ a }}{{ b }}{{ loop.index }} {% endfor %}{{ loop.index }};{% endfor %}",
    "{% for a in [[1, 2], [3]] %}{% set outer = loop %}{% for b in a %}{{ outer.index }}.{{ loop.index }} {% endfor %}{% endfor %}",
    "{% for x in [1, [2, [3, 4]], 5] recursive %}{% if x is iterable %}<{{ loop(x) }}>{% else %}{{ x }}@{{ loop.depth }}{% endif %}{% endfor %}",
    "{% for x in [] recursive %}a{% else %}empty{% endfor %}|{% for p in [{'n': 'a', 'c': [{'n': 'b', 'c': []}]}] recursive %}{{ p.n }}{{ loop.depth0 }}{% if p.c %}({{ loop(p.c) }}){% endif %}{% endfor %}",
    "{% for i in range(3) %}{{ i }}{% if not loop.last %}, {% endif %}{% endfor %}",
    "{% for i in range(0) %}x{% else %}nothing{% endfor %}{% for i in 1, 2, 3 %}{{ i }}{% endfor %}{% for i in [1, 2] + [3] %}{{ i }}{% endfor %}",
    "{% set x = 1 %}{{ x }}{% set x = x + 1 %}{{ x }}{% set a, b = 1, 2 %}{{ a }}{{ b }}{% set (c, d) = 'xy' %}{{ c }}{{ d }}{% set t = 1, 2 %}{{ t }}",
    "{% set x = 1 %}{% for i in items %}{% set x = i %}{{ x }}{% endfor %}{{ x }}",
    "{% set ns = namespace(n=0) %}{% for i in items %}{% set ns.n = ns.n + i %}{{ ns.n }} {% endfor %}{{ ns.n }}",
    "{% set ns = namespace() %}{% set ns.found = false %}{% for i in items %}{% if i == 1 %}{% set ns.found = true %}{% endif %}{% endfor %}{{ ns.found }} {{ ns.other is defined }} {{ ns }}",
    "{% for i in [1, 2] %}{{ text if i == 1 }}{% set text = 'changed' %}{{ text }} {% endfor %}{{ text }}",
    "{% for i in [1, 2] %}{% if i == 2 %}{% set text = 'new' %}{% endif %}{{ text }} {% endfor %}{{ text }}",
    "{{ text }}{% for i in [1] %}{{ text }}{% endfor %}{% set text = 'after' %}{{ text }}",
    "{% for i in [1] %}{{ text }}{% endfor %}{% set text = 'after' %}{{ text }}",
    "{% if no %}{% set text = 'never' %}{% endif %}{{ text }}{% if yes %}{% set text = 'ever' %}{% endif %}{{ text }}",
    "{% if no %}{% set nope = 1 %}{% endif %}{{ nope }}|{% if no %}{% set nope = 1 %}{% else %}{% set nope = 2 %}{% endif %}{{ nope }}",
    "{% set block %}a{{ one }}b{% endset %}{{ block }}{{ block|length }}{% set up | upper | replace('A', 'x') %}banana{% endset %}{{ up }}",
    "{% set x %}{% for i in items %}{{ i }}{% endfor %}{% endset %}[{{ x }}]{% set y %}{% set z = 5 %}{{ z }}{% endset %}{{ y }}{{ z }}",
    "{% filter upper %}shout {{ text }}{% endfilter %}{% filter replace('a', 'b') | trim %} banana {% endfilter %}|",
    "{% with a = 1, b = 2 %}{{ a }}{{ b }}{% endwith %}{{ a }}|{% with text = 'inner' %}{{ text }}{% set q = 1 %}{{ q }}{% endwith %}{{ text }}{{ q }}|{% with %}{% set r = 3 %}{{ r }}{% endwith %}{{ r }}",
    "{% with a = text, text = 'x' %}{{ a }}{{ text }}{% endwith %}",
    "{% macro hi(name, greeting='Hello') %}{{ greeting }}, {{ name }}!{% endmacro %}{{ hi('Ada') }} {{ hi('Bob', 'Hi') }} {{ hi(greeting='Yo', name='C') }} {{ hi() }}",
    "{% macro m(a, b=a, c=b ~ 'x') %}{{ a }}{{ b }}{{ c }};{% endmacro %}{{ m(1) }}{{ m(1, 2) }}{{ m(1, c=3) }}",
    "{% macro m() %}{{ varargs }}{{ kwargs }}{% endmacro %}{{ m(1, 2, x=3) }}{{ m() }}",
    "{% macro m(x) %}{{ x }}{{ text }}{{ later }}{% endmacro %}{% set later = 'L' %}{{ m(1) }}{% set later = 'M' %}{{ m(2) }}",
    "{% macro fact(n) %}{% if n <= 1 %}1{% else %}{{ n * (fact(n - 1)|int) }}{% endif %}{% endmacro %}{{ fact(5) }}",
    "{% macro tree(n) %}[{{ n }}{% if n > 0 %}{{ tree(n - 1) }}{{ tree(n - 1) }}{% endif %}]{% endmacro %}{{ tree(3) }}",
    "{% macro wrap(tag) %}<{{ tag }}>{{ caller() }}</{{ tag }}>{% endmacro %}{% call wrap('b') %}in {{ text }}{% endcall %}",
    "{% macro each(l) %}{% for i in l %}{{ caller(i, loop.index) }}{% endfor %}{% endmacro %}{% call(x, n) each(words) %}{{ n }}{{ x }} {% endcall %}",
    "{% macro m() %}{% set local = 1 %}{{ local }}{% endmacro %}{{ m() }}{{ local }}",
    "{% for i in [1, 2] %}{% macro inner() %}{{ i }}{% endmacro %}{{ inner() }}{% endfor %}",
    "{% macro a() %}A{{ b() }}{% endmacro %}{% macro b() %}B{% endmacro %}{{ a() }}{{ a.name }}{{ a.arguments }}{{ b }}",
    "{% macro m(x) %}{{ x|upper }}{% endmacro %}{{ words|map('length')|sum }}{{ m('a') ~ m('b') }}{{ m('c')|lower }}{% set f = m %}{{ f('d') }}",
    "{# comment #}a{# multi\nline #}b{#- trimmed -#} c {#+ kept +#} d",
    "{% raw %}{{ not }} {% rendered %} {# here #}{% endraw %}{{ one }}{%- raw -%}  x  {%- endraw -%}  y",
    "{% print one, 'two' %}{% print text %}",
    "a{% if yes %}\nb\n{% endif %}\nc\n",
    "x\n\n", "x\n", "\n", "", "\r\nx\r\n", "a\rb", "{{ 'a\r\nb' }}", "  {{ one }}  \n",
    "{{ {'a': {'b': 1}}['a']['b'] }}{{ {'a': 1}}}", "{{ '}}' }}{{ '{%' }}{{ \"{{\" }}", "{{ [1, [2, {'k': '}'}]] }}",
    "{{one}}{{  one  }}{{\none\n}}{{ one -}}  x  {{- one }}", "{{+ one }}", "{%+ if yes %}a{%+ endif %}", "{% if yes +%} a {% endif %}",
    "{ { one } } {{ '{' }}{%if yes%}{%endif%}{ % {", "100% {# #} #} %} }}",
    "{{ text[4:9] }}|{{ text[:3] }}|{{ text[-3:] }}|{{ text[::2] }}|{{ items[::-1] }}|{{ items[1:] }}|{{ items[:one] }}",
    "{{ people[0].name }} {{ people[0]['tags'][1] }} {{ people[-1].age }}| {{ people[3].city }} {{ people|length }}",
    "{{ hebrew }} {{ emoji }} {{ chinese }} \u05e9\u05dc\u05d5\u05dd \U0001f600 {{ 'ünï' }} {{ hebrew[0] }} {{ hebrew|length }}",
    "{% set \u00fcber = 1 %}{{ \u00fcber }}{{ {'ключ': 2}.ключ }}{{ {'名': 3}['名'] }}",
    "{% set answer_choices = ['Yes', 'No', 'Maybe'] %}{{ text }} {{ 'Question:' }} {{ answer_choices[one] }}\n|||\n{{ answer_choices[label] }}",
    "{% for n in range(1, 16) %}{% if n % 15 == 0 %}FizzBuzz{% elif n % 5 == 0 %}Buzz{% elif n % 3 == 0 %}Fizz{% else %}{{ n }}{% endif %}\n{% endfor %}",
    "{% set l = [] %}{% for i in items %}{% if l.append(i * 2) %}{% endif %}{% endfor %}{{ l }}{% for i in items %}{{ l.append(i) or '' }}{% endfor %}{{ l }}",
    "{% set l = [1] %}{% for i in l %}{% if i < 4 %}{{ l.append(i + 1) or i }}{% endif %}{% endfor %}",
    "{% set g = items|map('string') %}{{ g|join }}|{{ g|join }}|{% set z = zip(items, words) %}{% for a, b in z %}{{ a }}{{ b }}{% endfor %}{{ z|list }}",
    "{% if 'a' in text and not no or yes %}1{% endif %}{% if (no or yes) and no %}2{% endif %}{% if not (no) %}3{% endif %}{% if 1 < one + 1 < 3 %}4{% endif %}",
    "{% for p in people %}{% if p.age is defined and p.age > 30 %}{{ p.name }}{% for t in p.tags %}#{{ t }}{% endfor %}{% endif %}{% endfor %}",
    "{% set parts = text.split(' ') %}{{ parts[0:2]|join(' ') }}... {{ parts|length }} {{ parts[-1][::-1] }}",
    "{% set d = dict(a=1) %}{% for k, v in d.items() %}{{ k }}{{ v }}{% endfor %}{% for k, v in d|dictsort %}{{ k }}{{ v }}{% endfor %}{% for x in d.values() %}{{ x }}{% endfor %}",
    "{{ caller is defined }}",
    "{% set range = 5 %}{{ range }}", "{% set loop = 7 %}{{ loop }}", "{% for i in [1] %}{% for j in [2] %}{{ loop.index }}{% endfor %}{{ loop.length }}{% endfor %}",
    "{% for loopy in [1] %}{{ loopy }}{% endfor %}{% for i in items %}{% if loop.first %}{% for j in 'ab' %}{{ loop.index }}{% endfor %}{% endif %}{% endfor %}",
    "{% set x = namespace(items=[]) %}{% set _ = x.items.append(1) %}{{ x.items }}",
    "{% for i in [1, 2, 3] %}{% set found = i %}{% endfor %}{{ found is defined }}",
    "{% set a = [1, 2] %}{% set b = a %}{% set _ = b.append(3) %}{{ a }}{% set c = a|list %}{% set _ = c.append(4) %}{{ a }}{{ c }}",
    "{% macro m(items) %}{% for i in items %}{{ loop.index }}{% endfor %}{% endmacro %}{% for x in [1, 2] %}{{ m('ab') }}{{ loop.index }}{% endfor %}",
    "{% macro m(a, b) %}{{ a is defined }}{{ b is defined }}{% endmacro %}{{ m(1) }}{{ m(b=1) }}{{ m(*[1, 2]) }}{{ m(**{'a': 1, 'b': 2}) }}",
    "{% set t = (1, 'a', none) %}{% for v in t %}{{ v }}{% endfor %}{{ t[0] }}{{ t|length }}{{ t + (2,) }}",
    "{% if yes %}{% for i in items %}{% if i == 1 %}one{% else %}{% for j in range(i) %}{{ j }}{% endfor %}{% endif %}{% endfor %}{% else %}x{% endif %}",
    "{{ [1,2,3][-2:] }}{{ 'abcdef'[-3:-1] }}{{ 'abc'[5:] }}|{{ 'abc'[:-5] }}|",
    # refused by Jinja2
    "{{ missing.x }}", "{{ missing[0] }}", "{{ missing + 1 }}", "{{ 'a' + 1 }}", "{{ 1 + 'a' }}", "{{ 1 / 0 }}", "{{ 1 % 0 }}", "{{ 1 // 0 }}", "{{ missing() }}", "{{ text() }}",
    "{{ none + 1 }}", "{{ 1 < 'a' }}", "{{ [1] < 1 }}", "{{ none < 1 }}", "{{ 1 in 5 }}", "{{ 1 in 'abc' }}", "{{ -'a' }}", "{{ 'x'.index('y') }}", "{{ [].pop() }}", "{{ {}.pop('x') }}",
    "{{ {[1]: 2} }}", "{{ [1]|sum(start='') }}", "{{ ['a']|sum }}", "{{ 5|length }}", "{{ 5|list }}", "{{ 5|join }}", "{{ none|first }}", "{{ [1, 'a']|sort }}", "{{ 'a'|round }}", "{{ 'a'|abs }}",
    "{% for i in 5 %}{% endfor %}", "{% for i in none %}{% endfor %}", "{% for a, b in [1] %}{% endfor %}", "{% for a, b in [[1]] %}{% endfor %}", "{% set a, b = 1 %}", "{{ range(1, 2, 0) }}", "{{ text[::0] }}",
    "{{ '%d' % 'a' }}", "{{ '%s %s' % 'a' }}", "{{ '%s' % (1, 2) }}", "{{ '%q' % 1 }}", "{{ '%(x)s' % {} }}", "{{ items|map('nope')|list }}", "{{ items|select('nope')|list }}", "{{ []|choice }}",
    "{% macro m(a) %}{% endmacro %}{{ m(1, 2) }}", "{% macro m(a) %}{% endmacro %}{{ m(b=1) }}", "{{ 'a'.join([1]) }}", "{{ 'inf'|float|int }}", "{{ text|replace('a') }}", "{{ missing|tojson }}", "{{ 'a' * 'b' }}",
    "{{ missing|int }}", "{{ missing|abs }}", "{{ missing|round }}", "{{ {} < {} }}", "{{ 'a'.split('') }}", "{{ 'a' ~ }}", "{{ }}", "{{ 1 2 }}", "{{ (1 }}", "{{ [1 }}", "{{ {1} }}", "{{ a..b }}", "{{ a.(b) }}", "{{ | upper }}",
    "{{ a|  }}", "{{ a is }}", "{% if %}{% endif %}", "{% if x %}", "{% for %}{% endfor %}", "{% for x %}{% endfor %}", "{% endif %}", "{% else %}", "{% nope %}", "{% set %}", "{% set x %}", "{% set 1 = 2 %}", "{% set x.y.z = 1 %}",
    "{% for loop in [1] %}{% endfor %}", "{% macro %}{% endmacro %}", "{% macro m(a=1, b) %}{% endmacro %}", "{{ 'open }}", "{{ x", "{% x", "{# open", "{% raw %} x", "{{ $ }}", "{{ ! }}", "{{ a ? b }}", "{{ x|nope }}", "{{ x is nope }}",
    "{{ f(a=1, 2) }}", "{{ f(**x, *y) }}", "{% if x %}{% endfor %}", "{% for x in y %}{% endif %}", "{{ 1..2 }}", "{{ ] }}", "{{ (1] }}", "{{ 'a' is string is string }}", "{{ '\\x4' }}", "{{ '\\u12' }}", "{{ a b }}", "{{ not }}", "{% set ns = 1 %}{% set ns.x = 2 %}",
    "{% break %}", "{% do 1 %}", "{{ 1 if }}", "{{ a[] }}", "{{ a[1 }}", "{{ {'a' 1} }}", "{{ ٣x }}", "{% block %}", "{% set x = %}", "{% call 1 %}{% endcall %}", "{% filter %}{% endfilter %}", "{% with a %}{% endwith %}",
]

BLANKS = [
    "a\n  {%- if yes %}  b  {%- endif %}\nc", "a\n  {% if yes -%}  b  {% endif -%}\nc", "a\n{%- for i in items -%}\n {{ i }} \n{%- endfor -%}\nb",
    "  {% if yes %}\n  a\n  {% endif %}\n  b", "{% if yes %}\n\na{% endif %}\n\n{% if yes %}{% endif %}\nx", "\t{% if yes %}\t\n\ta\t{% endif %}\t\n", "a {% if yes %} b {% endif %} c",
    "  {# c #}\n  x {# d #}\n{#- e -#}\n y", "  {{ one }}\n  {{- one }}\n  {{ one -}}\n  z", "{% if yes %}{% endif %}\n{% if yes %}x{% endif %}\n", " {%- raw %} \n r \n {% endraw -%} \n e", "  {% raw %}\n  r\n  {% endraw %}\n  e",
    "  {%+ if yes %}\n  a\n  {%+ endif %}\n", "  {% if yes +%}\n  a\n  {% endif +%}\n x", "{% set x = 1 %}\n{% set y = 2 %}\n{{ x }}{{ y }}\n", "\u00a0{%- if yes -%}\u2003x\x1c{%- endif -%}\x85y", "\u00a0 {% if yes %}x{% endif %}\n\u2003{% if yes %}y{% endif %}",
    "a{% if yes %}\r\n  b\r\n  {% endif %}\r\nc\r\n", "{% for i in items %}\n  {{ i }}\n{% endfor %}\nend\n\n", "x {% if yes %}\n{% endif %} y\n  {% if yes %} {% endif %}  \nz", "\n\n  {% if yes %}\n\n{% endif %}\n\n", "{%- if yes %} a {%- else %} b {%- endif %} c",
    "line {# one #}\nline {#- two #}\nline {# three -#}\n four", "{% macro m() %}\n  body\n{% endmacro %}\n[{{ m() }}]", "{% set b %}\n  text\n{% endset %}\n[{{ b }}]", "  {%if yes%}a{%endif%}  {%if yes%}b{%endif%}\n",
]


def printed_numbers():
    values = ["0.1", "1.0", "100.0", "1e15", "1e16", "1.5e16", "123456789012345.6", "1e-4", "1e-5", "0.00012345", "1e100", "1.7976931348623157e308", "5e-324", "2.2250738585072014e-308",
              "0.30000000000000004", "1234567.125", "1e21", "9007199254740993.0", "0.5", "1.1", "3.3333333333333335", "1e23", "4.35", "1e2"]
    for value in values:
        yield "{{ %s }} {{ -%s }} {{ [%s] }} {{ %s|tojson }} {{ %s|round(2) }} {{ '%%.3f %%e %%g' %% (%s, %s, %s) }}" % ((value,) * 8)
    for value in ["0.125", "0.375", "2.5", "1e10", "0.045", "1.45", "99.995", "0.0", "1234.5678", "1e-7", "123456", "0.1"]:
        yield " ".join("{{ '%%%s' %% %s }}" % (directive, value) for directive in
                       ["f", ".0f", ".1f", ".2f", "10.2f", "-10.2f|", "010.2f", "+.2f", " .2f", "e", ".0e", ".2E", "g", ".2g", ".10g", "#.3g", "s", "r", "F", "G", "d"])


def slices():
    bounds = ["", "0", "1", "2", "-1", "-2", "5", "-9", "9"]
    for text in ["'abcd'", "items", "emoji", "(1, 2, 3)", "range(5)|list"]:
        for step in ["", ":1", ":2", ":-1", ":-2", ":3"]:
            yield " ".join("{{ (%s)[%s:%s%s] }}" % (text, start, stop, step) for start in bounds for stop in bounds)


def cased():
    """Every character whose cases are not those of a single other character, or that has a case without being a letter of it."""
    special = [chr(c) for c in range(0x250, 0x20000) if not 0xd800 <= c < 0xe000
               and (len(chr(c).upper()) > 1 or len(chr(c).lower()) > 1 or chr(c).title() != chr(c).upper() or len(chr(c).upper().lower()) > 1)]
    for start in range(0, len(special), 40):
        part = " ".join(special[start:start + 40])
        yield "{%% set s = '%s' %%}{{ s|upper }} {{ s|lower }} {{ s|title }} {{ s.title() }} {{ s.swapcase() }} {{ s|capitalize }}" % part
    changing = [chr(c) for c in range(0x80, 0x20000) if not 0xd800 <= c < 0xe000 and (chr(c).upper() != chr(c) or chr(c).lower() != chr(c)) and chr(c) not in special]
    for start in range(0, len(changing), 300):
        yield "{%% set s = '%s' %%}{{ s|upper }} {{ s|lower }}" % " ".join(changing[start:start + 300])
    for word in ["\u039f\u0394\u039f\u03a3", "\u03a3", "A\u03a3", "A\u03a3B", "A\u03a3.", "A\u03a3.B", "A\u03a3'B", "\u03a3A", "A \u03a3", "A\u03a3\u0301", "A\u03a3 \u03a3", "1\u03a3", "A.\u03a3", "A\U0001f600\u03a3"]:
        yield "{%% set s = \"%s\" %%}{{ s|lower }} {{ s.title() }} {{ s|capitalize }} {{ s.swapcase() }} {{ s is upper }}" % word


def conversations():
    """Our own small templates in the manner of published chat templates."""
    user, assistant = {"role": "user", "content": " Hi <there> & 'you' "}, {"role": "assistant", "content": "Hello \U0001f600"}
    system = {"role": "system", "content": "Be brief."}
    tool = {"type": "function", "function": {"name": "add", "description": "Adds \u00e9", "parameters": {"type": "object", "properties": {"b": {"type": "integer"}, "a": {"type": "integer"}}}}}
    call = {"role": "assistant", "content": None, "tool_calls": [{"id": "abcdefghi", "type": "function", "function": {"name": "add", "arguments": {"a": 1, "b": 2.0}}}]}
    rows = [
        {"messages": [user], "bos_token": "<s>", "eos_token": "</s>", "add_generation_prompt": True},
        {"messages": [system, user, assistant, user], "bos_token": "<s>", "eos_token": "</s>"},
        {"messages": [user, call, {"role": "tool", "content": "3", "tool_call_id": "abcdefghi"}, assistant], "tools": [tool], "bos_token": "", "eos_token": ""},
        {"messages": [user, user], "bos_token": "<s>", "eos_token": "</s>"},
    ]
    templates = [
        "{{ bos_token }}{% for message in messages %}\n    {% if message.role == 'user' %}\n[U] {{ message.content | trim }}\n    {% elif message['role'] == 'assistant' and message.content %}\n[A] {{ message.content }}{{ eos_token }}\n    {% endif %}\n{% endfor %}\n{% if add_generation_prompt %}\n[A]\n{% endif %}\n",
        "{%- set ns = namespace(last='') -%}\n{%- for m in messages -%}\n  {%- if m.role == ns.last -%}\n    {{- raise_exception('roles must alternate: ' ~ m.role) -}}\n  {%- endif -%}\n  {%- set ns.last = m.role -%}\n  {{- '<' + m.role + '>' + (m.content or '') + '\\n' -}}\n{%- endfor -%}",
        "{% if tools is defined and tools %}\n{{ tools | tojson }}\n{{ tools | tojson(indent=2) }}\n{% for t in tools %}{{ t.function | tojson(indent=4, sort_keys=true) }}{% endfor %}\n{% endif %}\n{% for m in messages %}{{ m | tojson }}\n{% if m.tool_calls is defined %}{{ m.tool_calls[0].function.arguments | tojson(separators=(',', ':')) }}{% endif %}\n{% endfor %}",
        "{% for m in messages %}\n  {% if loop.index0 > 1 %}\n    {% break %}\n  {% endif %}\n  {% if m.role == 'system' %}\n    {% continue %}\n  {% endif %}\n{{ m.role }}: {{ m.content }}\n{% else %}\nnone\n{% endfor %}",
        "Date: {{ strftime_now('%d %b %Y') }} {{ strftime_now('%Y-%m-%dT%H:%M:%S %A %B %j %p %I %y %%') }}",
        "{% macro show(m) %}\n<|{{ m.role }}|>\n{{ m.content }}<|end|>\n{% endmacro %}\n{% for m in messages %}\n{{ show(m) }}\n{% endfor %}",
        "{% set messages = messages[1:] if messages[0].role == 'system' else messages %}{{ messages | length }}{{ messages[-1]['content'] }}{{ messages | selectattr('role', 'equalto', 'user') | list | length }}{{ 'tool_calls' in messages[-1] }}{{ messages[0].items() | list | length }}",
        "{{ messages | map(attribute='role') | join(',') }} {{ messages | tojson(ensure_ascii=true) }} {% for m in messages if m.role != 'user' %}{{ loop.index }}{{ m.role }}{% else %}only users{% endfor %}",
        "{% set l = [] %}{{ l.append(1) }}", "{% set d = {} %}{{ d.update(a=1) }}", "{{ zip is defined }}",
        "   {% if messages %}   \n  a  \n   {%+ if messages %}   \n b {%- endif +%}   \n{% endif %}\n",
    ] + BLANKS
    for template in templates:
        for row in rows if "messages" in template else [dict(rows[0], yes=True, one=1, items=[3, 1])]:
            yield template, row


def write(name, environment, pairs):
    with open(os.path.join(HERE, name), "w", encoding="utf-8", newline="\n") as file:
        for template, row in pairs:
            case = {"template": template, "row": row}
            rendered = oracle.render(environment, template, row)
            case.update({"error": True} if rendered is None else {"expected": rendered})
            file.write(json.dumps(case, ensure_ascii=False) + "\n")


if __name__ == "__main__":
    # The row is the same for most cases: it stands in a file of its own, and cases hold what they change in it.
    with open(os.path.join(HERE, "row.json"), "w", encoding="utf-8", newline="\n") as file:
        json.dump(ROW, file, ensure_ascii=False, indent=1)
        file.write("\n")
    prompt = oracle.prompt_environment()
    with open(os.path.join(HERE, "prompt.jsonl"), "w", encoding="utf-8", newline="\n") as file:
        for template in cases():
            rendered = oracle.render(prompt, template, ROW)
            outcome = {"error": True} if rendered is None else {"expected": rendered}
            file.write(json.dumps({"template": template, **outcome}, ensure_ascii=False) + "\n")
    write("chat.jsonl", oracle.chat_environment(), conversations())
