"""Unit tests as bench harnesses do it: program and tests in one process, whose list of problems decides."""

import json
import sys
import types
import unittest

import common


def module(name, source):
    made = types.ModuleType(name)
    sys.modules[name] = made
    exec(compile(source, f"{name}.py", "exec"), made.__dict__)
    return made


def judge(task, source):
    module("solution", source)
    suite = unittest.TestLoader().loadTestsFromModule(module("test_solution", task["test"]))
    result = unittest.TestResult()
    suite.run(result)
    problems = [str(test) for test, _ in result.failures + result.errors]
    print(json.dumps({"problems": problems}), flush=True)


def grade(task, program):
    inner = common.run([sys.executable, __file__, "--judge", sys.argv[1], program])
    verdict = common.last_json(inner.stdout)
    return isinstance(verdict, dict) and verdict["problems"] == []


if __name__ == "__main__":
    if sys.argv[1] == "--judge":
        judge(json.loads(common.read(sys.argv[2])), common.read(sys.argv[3]))
    else:
        sys.exit(common.main(grade))
