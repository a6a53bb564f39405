"""pytest in the candidate's tree; the exit status decides."""

import sys

import common
import project


def grade(task, program):
    project.lay_out(task, program)
    return project.pytest("-q").returncode == 0


if __name__ == "__main__":
    sys.exit(common.main(grade))
