"""Whether a program solves its task: every case in an environment of its own, which what is expected never enters."""

import json
import os

import throwaway

CALL = """
import importlib.util
import json
import os
import sys

path, arguments, name = sys.argv[1:4]
descriptor, write, dumps, loads = os.dup(1), os.write, json.dumps, json.loads
spec = importlib.util.spec_from_file_location("solution", path)
solution = sys.modules["solution"] = importlib.util.module_from_spec(spec)
spec.loader.exec_module(solution)
answer = getattr(solution, name)(*[loads(line) for line in arguments.splitlines()])
if type(answer) in (int, float, list, dict):
    write(descriptor, b"ANSWER " + dumps(answer).encode() + b"\\n")
"""

#: How a program of a language is run in its environment.
SCRIPTS = {
    ".cpp": "g++ -O0 -o main {path} && exec ./main",
    ".java": "cp {path} Main.java && javac Main.java && exec java -cp . Main",
    ".js": "cp {path} main.js && exec node main.js",
    ".sh": "exec /bin/bash {path}",
    ".py": "exec {python} {path}",
}


def solves(path, name, tasks, python):
    """None where it cannot be told this way: tests that assert by themselves, and clocks."""
    kind = os.path.basename(os.path.dirname(path))
    if kind in ("cpp", "java", "js", "pytest") or name == "digit-total":
        return None
    prints = kind in ("stdin", "checker")
    with open(os.path.join(tasks, kind if prints else "function", f"{name}.json"), encoding="utf-8") as file:
        task = json.load(file)
    cases = zip(task["inputs"], task.get("outputs") or task["answers"])
    if prints:
        script = SCRIPTS[os.path.splitext(path)[1]].format(path=path, python=python)
        return all(lines(throwaway.run(["/bin/sh", "-c", script], given)) == lines(output) for given, output in cases)
    return all(called(path, given, task["fn_name"], python) == json.loads(output) for given, output in cases)


def lines(text):
    return [line.rstrip() for line in text.rstrip().splitlines()]


def called(path, arguments, name, python):
    """What the function returned, or None. The tasks expect None nowhere."""
    said = throwaway.run([python, "-c", CALL, path, arguments, name])
    answers = [line for line in said.splitlines() if line.startswith("ANSWER ")]
    try:
        return json.loads(answers[-1].removeprefix("ANSWER ")) if answers else None
    except ValueError:
        return None
