"""`python -m unittest` in the program's folder; the exit status decides."""

import sys

import common


def play(task, program, *selection):
    common.write("solution.py", common.read(program))
    common.write("test_solution.py", task["test"])
    return common.run([sys.executable, "-m", "unittest", *selection])


def grade(task, program):
    return play(task, program, "test_solution").returncode == 0


if __name__ == "__main__":
    sys.exit(common.main(grade))
