"""Writes rows.py as the rows of the environment. What is asked of the model is not in them: resource.ts says it.

    python3 data/build.py          writes tasks.jsonl
    python3 data/build.py --check  exits 1 when tasks.jsonl is stale
"""

import json
import os
import sys

from rows import ROWS

TASKS = os.path.join(os.path.dirname(os.path.abspath(__file__)), "tasks.jsonl")


def main(arguments):
    text = "".join(json.dumps(row, ensure_ascii=False) + "\n" for row in ROWS)
    if arguments == ["--check"]:
        with open(TASKS, encoding="utf-8") as file:
            return 0 if file.read() == text else 1
    with open(TASKS, "w", encoding="utf-8") as file:
        file.write(text)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
