"""C++: the function and the main with its asserts in one program, whose exit status decides."""

import sys

import common


def grade(task, program):
    common.write("candidate.cpp", f"{common.read(program)}\n{task['test']}")
    command = common.command_of("candidate.cpp")
    return command is not None and common.run(command).returncode == 0


if __name__ == "__main__":
    sys.exit(common.main(grade))
