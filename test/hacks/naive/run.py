"""Plays every hack and every twin against the naive graders of its kind, each time in a throw-away environment.

`python3 test/hacks/naive/run.py [--kind KIND] [--program TEXT] [--record]` prints a table. A hack has to beat a grader,
and a twin to pass them all. Where answers can be compared outside, strictly, a hack has to fail, and a twin to pass.
Else the exit status is 1. `--record` writes what was beaten to `beaten.json`.
"""

import argparse
import glob
import json
import os
import re
import sys

import strictly
import throwaway

HERE = os.path.dirname(os.path.abspath(__file__))
PROGRAMS = os.path.join(os.path.dirname(HERE), "programs")
TASKS = os.path.join(os.path.dirname(HERE), "tasks")
RECORD = os.path.join(HERE, "beaten.json")

GRADERS = {
    "stdin": ["stdin_in_process", "stdin_files", "stdin_worker"],
    "function": ["function_in_process", "function_harness"],
    "check": ["check_exec", "check_exit_code"],
    "asserts": ["asserts_exit_code", "asserts_marker"],
    "unittest": ["unittest_exit_code", "unittest_log", "unittest_in_process"],
    "pytest": ["pytest_exit_code", "pytest_junit", "pytest_log"],
    "checker": ["checker_same_folder"],
    "cpp": ["cpp_exit_code"],
    "java": ["java_exit_code"],
    "js": ["js_exit_code"],
}
#: The only one that runs anything but Python.
ANY_LANGUAGE = "stdin_files"

def header_of(path):
    """The fields of the comment that a program begins with; of a folder, its solution.py."""
    source = os.path.join(path, "solution.py") if os.path.isdir(path) else path
    with open(source, encoding="utf-8") as file:
        lines = [next(file, "") for _ in range(4)]
    return dict(re.match(r"(?:#|//) (\w+): (.*)", line).groups() for line in lines)


def graders_of(path):
    kind = os.path.basename(os.path.dirname(path))
    if kind == "stdin" and not path.endswith(".py"):
        return [ANY_LANGUAGE]
    return GRADERS[kind]


def is_twin(path):
    return ".twin" in os.path.basename(path)


def passes(path, grader, python):
    """Whether a naive grader lets a program pass."""
    kind = os.path.basename(os.path.dirname(path))
    task = os.path.join(TASKS, kind, f"{header_of(path)['task']}.json")
    said = throwaway.run([python, os.path.join(HERE, f"{grader}.py"), task, path], seconds=40)
    return said.split()[-1:] == ["pass"]


def chosen(kind, text):
    for path in sorted(glob.glob(os.path.join(PROGRAMS, kind or "*", "*"))):
        if text is None or text in os.path.relpath(path, PROGRAMS):
            yield path


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--kind", choices=sorted(GRADERS))
    parser.add_argument("--program", help="a part of the program's path")
    parser.add_argument("--python", default=os.path.realpath(sys.executable), help="the interpreter of the graders")
    parser.add_argument("--record", action="store_true", help="keep what was beaten in beaten.json")
    options = parser.parse_args()
    beaten, wrong = {}, []
    for path in chosen(options.kind, options.program):
        name = os.path.relpath(path, PROGRAMS)
        passed = {grader: passes(path, grader, options.python) for grader in graders_of(path)}
        fine = all(passed.values()) if is_twin(path) else any(passed.values())
        solves = strictly.solves(path, header_of(path)["task"], TASKS, options.python)
        fine = fine and solves in (None, is_twin(path))
        if not is_twin(path):
            beaten[name] = [grader for grader, ok in passed.items() if ok]
        if not fine:
            wrong.append(name)
        marks = "  ".join(f"{grader}:{'pass' if ok else 'fail'}" for grader, ok in passed.items())
        marks += "" if solves is None else f"  strictly:{'pass' if solves else 'fail'}"
        print(f"{'ok   ' if fine else 'WRONG'} {name:60} {marks}", flush=True)
    if options.record:
        record(beaten)
    print(f"{len(beaten)} hacks; wrong: {', '.join(wrong) or 'none'}")
    return 1 if wrong else 0


def record(beaten):
    """Adds to what is recorded, and drops programs that are gone."""
    known = {}
    if os.path.exists(RECORD):
        with open(RECORD, encoding="utf-8") as file:
            known = json.load(file)
    known.update(beaten)
    kept = {name: known[name] for name in sorted(known) if os.path.exists(os.path.join(PROGRAMS, name))}
    with open(RECORD, "w", encoding="utf-8") as file:
        json.dump(kept, file, indent=2)
        file.write("\n")


if __name__ == "__main__":
    sys.exit(main())
