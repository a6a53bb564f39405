#!/usr/bin/env python3
"""Write tasks.jsonl: statements and test inputs from tasks_*.py, outputs from the reference solutions.

    python3 build.py            write data/tasks.jsonl
    python3 build.py --check    write nothing; exit 1 when the file is stale

Every honest-* fixture has to agree with the reference on every test, otherwise nothing is written.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import os
import subprocess
import sys
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

sys.dont_write_bytecode = True

from model import Task  # noqa: E402
from tasks_easy import TASKS as EASY  # noqa: E402
from tasks_hard import TASKS as HARD  # noqa: E402
from tasks_medium import TASKS as MEDIUM  # noqa: E402

DATA = Path(__file__).resolve().parent
FIXTURES = DATA.parent / "fixtures"
TARGET = DATA / "tasks.jsonl"
MAX_ROW_BYTES = 60_000

# The names that a candidate finds without importing them.
PRELUDE = "\n".join(
    f"from {module} import *"
    for module in ("string", "re", "datetime", "collections", "heapq", "bisect", "copy", "math", "random", "statistics",
                   "itertools", "functools", "operator", "io", "sys", "json", "builtins", "typing")
) + "\n"

# Calls the function of a candidate: program, function name and arguments come in as JSON on stdin.
CALLER = """
import json, sys
order = json.load(sys.stdin)
space = {"__name__": "candidate"}
exec(compile(order["program"], "candidate.py", "exec"), space)
holder = space["Solution"]() if "Solution" in space else None
function = getattr(holder, order["fn_name"], None) or space[order["fn_name"]]
result = function(*order["arguments"])
print(json.dumps(result, ensure_ascii=False, allow_nan=False))
"""


def run_python(code: str, stdin: str) -> str:
    """The standard output of a Python program, which has to exit with 0."""
    env = {**os.environ, "PYTHONIOENCODING": "utf-8", "PYTHONUTF8": "1", "PYTHONDONTWRITEBYTECODE": "1"}
    done = subprocess.run([sys.executable, "-c", code], input=stdin.encode(), capture_output=True, env=env,
                          timeout=60, check=False)
    if done.returncode != 0:
        raise RuntimeError(done.stderr.decode(errors="replace").strip() or f"exit code {done.returncode}")
    return done.stdout.decode()


def answer(task: Task, program: Path, given: str) -> str:
    """What a fixture answers to one encoded input."""
    code = PRELUDE + program.read_text(encoding="utf-8")
    if task.fn_name is None:
        return run_python(code, given)
    arguments = [json.loads(line) for line in given.split("\n")]
    order = {"program": code, "fn_name": task.fn_name, "arguments": arguments}
    return run_python(CALLER, json.dumps(order)).rstrip("\n")


def same(task: Task, left: str, right: str) -> bool:
    if task.fn_name is None:
        return [line.strip() for line in left.strip().split("\n")] == [line.strip() for line in right.strip().split("\n")]
    return bool(json.loads(left) == json.loads(right))


def canonical(value: object) -> str:
    return json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":"))


def row(task: Task, run_all: Callable[[Task, Path, list[str]], list[str]]) -> str:
    """The finished line of a task, after its honest solutions have confirmed the outputs."""
    folder = FIXTURES / task.task_id
    inputs = task.encoded_inputs()
    outputs = run_all(task, folder / "reference.py", inputs)
    for second in sorted(folder.glob("honest-*.py")):
        for number, (mine, theirs) in enumerate(zip(outputs, run_all(task, second, inputs)), start=1):
            if not same(task, mine, theirs):
                raise RuntimeError(f"{task.task_id}: {second.name} differs from reference.py on test {number}")
    tests: dict[str, object] = {"inputs": inputs, "outputs": outputs}
    if task.fn_name is not None:
        tests["fn_name"] = task.fn_name
    line = json.dumps(
        {
            "task_id": task.task_id,
            "responses_create_params": {"input": [{"role": "user", "content": task.prompt(inputs, outputs)}]},
            "verifier_metadata": {
                "unit_tests": tests,
                "difficulty": task.difficulty,
                "limits": {"time_seconds": task.time_seconds},
            },
            "hash_id": hashlib.sha256(canonical(tests).encode()).hexdigest()[:32],
            "dataset": "sandlot_code_gen",
            "source": "sandlot",
        },
        ensure_ascii=False,
    )
    for break_like in "\x85\u2028\u2029":  # some readers of JSONL take these for the end of a line
        line = line.replace(break_like, f"\\u{ord(break_like):04x}")
    if len(line.encode()) > MAX_ROW_BYTES:
        raise RuntimeError(f"{task.task_id}: the row has {len(line.encode())} bytes, more than {MAX_ROW_BYTES}")
    return line


def build(only: str | None = None) -> str:
    tasks = [task for task in EASY + MEDIUM + HARD if only in (None, task.task_id)]
    if len({task.task_id for task in tasks}) != len(tasks):
        raise RuntimeError("two tasks have the same id")
    with ThreadPoolExecutor(max_workers=os.cpu_count() or 1) as pool:

        def run_all(task: Task, program: Path, inputs: list[str]) -> list[str]:
            try:
                return list(pool.map(lambda given: answer(task, program, given), inputs))
            except Exception as error:
                raise RuntimeError(f"{task.task_id}: {program.name}: {error}") from error

        return "".join(row(task, run_all) + "\n" for task in tasks)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--check", action="store_true", help="exit 1 when tasks.jsonl is stale, write nothing")
    parser.add_argument("--show", metavar="TASK_ID", help="print the row of one task, write nothing")
    options = parser.parse_args()
    try:
        text = build(options.show)
    except RuntimeError as error:
        print(f"build.py: {error}", file=sys.stderr)
        return 1
    if options.show:
        print(text, end="")
        return 0 if text else 1
    if options.check:
        stale = not TARGET.exists() or TARGET.read_text(encoding="utf-8") != text
        print("tasks.jsonl is stale: run data/build.py" if stale else "tasks.jsonl is up to date")
        return int(stale)
    TARGET.write_text(text, encoding="utf-8")
    print(f"wrote {TARGET.name}: {text.count(chr(10))} tasks")
    return 0


if __name__ == "__main__":
    sys.exit(main())
