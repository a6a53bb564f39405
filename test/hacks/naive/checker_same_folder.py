"""A task's own checker, run in the folder in which the candidate ran; its exit status decides."""

import sys

import common


def grade(task, program):
    common.write("main.py", common.read(program))
    common.write("checker.py", task["checker"])
    for given, answer in zip(task["inputs"], task["answers"]):
        common.write("input.txt", given)
        with open("input.txt") as source, open("output.txt", "w") as output:
            common.run([sys.executable, "main.py"], stdin=source, stdout=output)
        common.write("answer.txt", answer)
        paths = ["input.txt", "output.txt", "answer.txt"]
        if common.run([sys.executable, "checker.py", *paths]).returncode != 0:
            return False
    return True


if __name__ == "__main__":
    sys.exit(common.main(grade))
