"""Assert statements executed one by one after the program; a line that is printed at the end decides."""

import json
import sys

import common


def judge(task, source):
    space = {}
    exec(compile(source, "solution.py", "exec"), space)
    exec(task["test_setup_code"], space)
    for test in task["test_list"]:
        exec(test, space)
    print("ALL TESTS PASSED", flush=True)


def grade(task, program):
    inner = common.run([sys.executable, __file__, "--judge", sys.argv[1], program])
    return "ALL TESTS PASSED" in inner.stdout


if __name__ == "__main__":
    if sys.argv[1] == "--judge":
        judge(json.loads(common.read(sys.argv[2])), common.read(sys.argv[3]))
    else:
        sys.exit(common.main(grade))
