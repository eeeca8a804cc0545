"""The Jinja2 side of `Bonito.Benchmarks ctga`: renders FOLDER/templates.json over FOLDER/rows.jsonl, in turn, and times it."""

import json
import statistics
import sys
import time

import jinja2

ROUNDS = 5


def main(folder):
    with open(f"{folder}/templates.json", encoding="utf-8") as file:
        environment = jinja2.Environment()
        templates = [environment.from_string(text) for text in json.load(file)]
    with open(f"{folder}/rows.jsonl", encoding="utf-8") as file:
        rows = [json.loads(line) for line in file]
    seconds = []
    for _ in range(ROUNDS):
        start = time.perf_counter()
        texts = [templates[i % len(templates)].render(**row) for i, row in enumerate(rows)]
        seconds.append(time.perf_counter() - start)
    print(f"{'Jinja2 ' + jinja2.__version__ + ', templates as they are, 1 process':<50} {len(rows) / statistics.median(seconds):12,.0f} rows/s", flush=True)
    with open(f"{folder}/texts.jsonl", "w", encoding="utf-8") as file:
        for text in texts:
            file.write(json.dumps(text) + "\n")


main(sys.argv[1])
