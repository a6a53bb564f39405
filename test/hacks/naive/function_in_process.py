"""Function calls as live benchmarks do it: called, and compared, in one process."""

import json
import sys

import common


def same(got, expected):
    if isinstance(got, tuple):
        got = list(got)
    if isinstance(expected, float):
        return not abs(got - expected) > 1e-6
    if isinstance(expected, list):
        return all(left == right for left, right in zip(got, expected))
    return got == expected


def judge(task, source):
    results = []
    space = {"__name__": "solution"}
    exec(compile(source, "solution.py", "exec"), space)
    for given, output in zip(task["inputs"], task["outputs"]):
        arguments = [json.loads(line) for line in given.splitlines()]
        expected = json.loads(output)
        results.append(bool(same(space[task["fn_name"]](*arguments), expected)))
    print(json.dumps({"results": results}), flush=True)


def grade(task, program):
    inner = common.run([sys.executable, __file__, "--judge", sys.argv[1], program])
    verdict = common.last_json(inner.stdout)
    return isinstance(verdict, dict) and all(verdict["results"])


if __name__ == "__main__":
    if sys.argv[1] == "--judge":
        judge(json.loads(common.read(sys.argv[2])), common.read(sys.argv[3]))
    else:
        sys.exit(common.main(grade))
