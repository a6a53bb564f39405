"""Judges programs as plainly as can be: no sandbox, tests and program in one process. Only for programs that mean no harm.

Reads lines of JSON: `{"id", "program", "entry_point", "test"}` (the test defines `check`) or `{"id", "program", "inputs", "outputs"}` (standard
input and output). Prints `{id: passed}`.
"""

import decimal
import json
import os
import resource
import subprocess
import sys
import tempfile

SECONDS = 4


def limit():
    resource.setrlimit(resource.RLIMIT_CPU, (SECONDS, SECONDS))
    resource.setrlimit(resource.RLIMIT_AS, (1 << 30, 1 << 30))


def run(source, stdin=""):
    """Standard output of a program; None when it fails."""
    with tempfile.TemporaryDirectory() as folder:
        path = os.path.join(folder, "main.py")
        with open(path, "w", encoding="utf-8") as file:
            file.write(source)
        try:
            ended = subprocess.run(
                [sys.executable, path], input=stdin.encode(), stdout=subprocess.PIPE, stderr=subprocess.DEVNULL,
                cwd=folder, preexec_fn=limit, timeout=5 * SECONDS,
            )  # fmt: skip
        except subprocess.TimeoutExpired:
            return None
        return ended.stdout.decode("utf-8", "replace") if ended.returncode == 0 else None


def same(output, expected):
    """NeMo Gym's rule: line by line without blanks at the ends, else word by word as decimal numbers."""
    got, wanted = ([line.strip() for line in text.strip().split("\n")] for text in (output, expected))
    if len(got) != len(wanted):
        return False
    return all(left == right or same_numbers(left, right) for left, right in zip(got, wanted))


def same_numbers(left, right):
    try:
        return [decimal.Decimal(word) for word in left.split()] == [decimal.Decimal(word) for word in right.split()]
    except decimal.InvalidOperation:
        return False


def passes(task):
    if "test" in task:
        said = "passed " + task["id"]
        source = "%s\n%s\ncheck(%s)\nprint(%r)\n" % (task["program"], task["test"], task["entry_point"], said)
        output = run(source)
        return output is not None and output.rstrip("\n").split("\n")[-1] == said
    for given, expected in zip(task["inputs"], task["outputs"]):
        output = run(task["program"], given)
        if output is None or not same(output, expected):
            return False
    return True


def main():
    tasks = [json.loads(line) for line in sys.stdin]
    json.dump({task["id"]: passes(task) for task in tasks}, sys.stdout)


main()
