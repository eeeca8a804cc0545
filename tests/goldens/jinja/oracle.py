"""Jinja2 as promptsource and the tools of Hugging Face set it up, as the reference for ours.

As a program it renders the cases of standard input, JSON Lines of {"template", "row", "chat"}, and prints a line for
each: a JSON string, or null where Jinja2 refuses.
"""

import collections
import copy
import datetime
import functools
import json
import random
import sys
import warnings

import jinja2
import jinja2.ext
import jinja2.sandbox

# The time that strftime_now tells, so that cases stay as they are.
NOW = datetime.datetime(2026, 3, 7, 15, 4, 5)


class First(random.Random):
    """Chooses the first."""

    def choice(self, items):
        return items[0]


def most_frequent(items):
    if not items:
        return None
    counts = collections.Counter(items).most_common()
    return [item for item, count in counts if count == counts[0][1]]


def prompt_environment():
    jinja2.filters.random = First()
    environment = jinja2.Environment()
    environment.filters["choice"] = First().choice
    environment.filters["most_frequent"] = most_frequent
    environment.filters["highlight"] = lambda text: "<span style='color: #F08080'>" + text + "</span>"
    environment.globals["zip"] = zip
    return environment


def chat_environment():
    environment = jinja2.sandbox.ImmutableSandboxedEnvironment(trim_blocks=True, lstrip_blocks=True, extensions=[jinja2.ext.loopcontrols])

    def raise_exception(message):
        raise jinja2.exceptions.TemplateError(message)

    def tojson(x, ensure_ascii=False, indent=None, separators=None, sort_keys=False):
        return json.dumps(x, ensure_ascii=ensure_ascii, indent=indent, separators=separators, sort_keys=sort_keys)

    environment.filters["tojson"] = tojson
    environment.globals["raise_exception"] = raise_exception
    environment.globals["strftime_now"] = lambda format: NOW.strftime(format)
    return environment


@functools.lru_cache(maxsize=1)
def compiled(environment, template):
    return environment.from_string(template)


def render(environment, template, row):
    """The rendered text; None where Jinja2 refuses."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            return compiled(environment, template).render(**copy.deepcopy(row))
    except Exception:
        return None


if __name__ == "__main__":
    prompt, chat = prompt_environment(), chat_environment()
    for line in sys.stdin.buffer:
        case = json.loads(line)
        rendered = render(chat if case.get("chat") else prompt, case["template"], case["row"])
        try:
            answer = json.dumps(rendered)
        except UnicodeError:
            answer = "null"
        sys.stdout.write(answer + "\n")
    sys.stdout.flush()
