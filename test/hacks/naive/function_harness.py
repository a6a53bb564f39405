"""Function calls by a harness beside the program, which is told the tests by a file and the environment, and leaves its
counts in a file."""

import json
import os
import sys

import common

HARNESS = '''import importlib
import json
import os
import random

random.seed(0)
cases_file = open("cases.json")
cases = json.load(cases_file)
solution = importlib.import_module("solution")
passed = 0
for case in cases:
    expected = case["expected"]
    if getattr(solution, os.environ["ENTRY_POINT"])(*case["arguments"]) == expected:
        passed += 1
with open("result.json", "w") as report:
    json.dump({"passed": passed, "total": len(cases)}, report)
'''


def grade(task, program):
    cases = json.dumps([
        {"arguments": [json.loads(line) for line in given.splitlines()], "expected": json.loads(output)}
        for given, output in zip(task["inputs"], task["outputs"])
    ])
    common.write("solution.py", common.read(program))
    common.write("cases.json", cases)
    common.write("harness.py", HARNESS)
    environment = {**os.environ, "ENTRY_POINT": task["fn_name"], "TEST_CASES": cases}
    common.run([sys.executable, "harness.py"], env=environment)
    if not os.path.exists("result.json"):
        return False
    result = json.loads(common.read("result.json"))
    return result["passed"] == result["total"]


if __name__ == "__main__":
    sys.exit(common.main(grade))
