"""`check(candidate)` with program and tests in one file, whose exit status decides."""

import sys

import common


def grade(task, program):
    common.write("main.py", f"{common.read(program)}\n{task['test']}\ncheck({task['entry_point']})\n")
    return common.run([sys.executable, "main.py"], timeout=8).returncode == 0


if __name__ == "__main__":
    sys.exit(common.main(grade))
