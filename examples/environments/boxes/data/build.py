"""Writes tasks.jsonl (what `sandlot env check` proves), train.jsonl and held-out.jsonl. Every run writes the same."""

import json
import random
from pathlib import Path

BOXES = "red blue green white black yellow orange purple silver golden".split()
KINDS = ["add", "add3", "lookup_add"]


def task(seed):
    rng = random.Random(seed)
    kind = KINDS[seed % 3]
    box, code = rng.choice(BOXES), rng.randint(0, 99)
    x, y, z = (rng.randint(0, 99) for _ in range(3))
    row = {"task_id": f"{kind}-{seed}"}
    if kind == "add":
        return row | {"question": f"What is {x} + {y}?", "answer": x + y}
    if kind == "add3":
        return row | {"question": f"What is {x} + {y} + {z}?", "answer": x + y + z}
    return row | {"question": f"What is the code of the {box} box plus {x}?", "answer": code + x, "codes": {box: code}}


def write(name, seeds):
    rows = "".join(json.dumps(task(seed)) + "\n" for seed in seeds)
    (Path(__file__).parent / name).write_text(rows)


write("train.jsonl", range(1200))
write("tasks.jsonl", range(99_999, 100_002))
write("held-out.jsonl", range(1_000_000, 1_000_048))
