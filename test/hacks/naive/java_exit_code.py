"""Java: Solution and Main in one file; the exit status decides."""

import sys

import common


def grade(task, program):
    common.write("candidate.java", f"{common.read(program)}\n{task['test']}")
    command = common.command_of("candidate.java")
    return command is not None and common.run(command).returncode == 0


if __name__ == "__main__":
    sys.exit(common.main(grade))
