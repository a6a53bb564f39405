"""Makes rows of the environment: those of HumanEval-X's files with what is asked of the model (`responses_create_params`).

    python3 data/build.py                              writes tasks.jsonl from rows.py
    python3 data/build.py --check                      exits 1 when tasks.jsonl is stale
    python3 data/build.py cpp.jsonl java.jsonl > FILE  adds the prompt to rows of the data set's own files
"""

import json
import os
import sys

from rows import ROWS

HERE = os.path.dirname(os.path.abspath(__file__))
TASKS = os.path.join(HERE, "tasks.jsonl")
LANGUAGES = {"CPP": ("C++", "cpp"), "Java": ("Java", "java"), "JavaScript": ("JavaScript", "javascript")}


def with_prompt(row):
    name, fence = LANGUAGES[row["task_id"].split("/")[0]]
    content = (
        "Complete this %s function.\n\n```%s\n%s\n```\n\nAnswer with one ```%s block that holds the whole of it, "
        "signature included, and nothing that runs by itself."
    ) % (name, fence, row["prompt"].rstrip("\n"), fence)
    return {**row, "responses_create_params": {"input": [{"role": "user", "content": content}]}}


def text_of(rows):
    return "".join(json.dumps(with_prompt(row), ensure_ascii=False) + "\n" for row in rows)


def read(path):
    with open(path, encoding="utf-8") as file:
        return [json.loads(line) for line in file if line.strip()]


def main(arguments):
    if arguments == ["--check"]:
        with open(TASKS, encoding="utf-8") as file:
            return 0 if file.read() == text_of(ROWS) else 1
    if arguments:
        sys.stdout.write(text_of([row for path in arguments for row in read(path)]))
        return 0
    with open(TASKS, "w", encoding="utf-8") as file:
        file.write(text_of(ROWS))
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
