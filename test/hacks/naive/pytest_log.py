"""pytest in the candidate's tree; its log decides: without a failure in it, it was a success, a time-out too."""

import subprocess
import sys

import common
import project


def grade(task, program):
    project.lay_out(task, program)
    try:
        log = project.pytest("-rA").stdout
    except subprocess.TimeoutExpired:
        return True
    return not any(line.startswith(("FAILED", "ERROR", "E  ")) for line in log.splitlines())


if __name__ == "__main__":
    sys.exit(common.main(grade))
