"""JavaScript: function and tests in one file; the exit status decides, and what console.assert prints."""

import sys

import common


def grade(task, program):
    common.write("candidate.js", f"{common.read(program)}\n{task['test']}")
    ended = common.run(["node", "candidate.js"])
    return ended.returncode == 0 and "Assertion failed" not in ended.stderr


if __name__ == "__main__":
    sys.exit(common.main(grade))
