"""A project as issue benchmarks keep it: a repository with its history, the candidate's files, the tests over them."""

import os
import shutil
import sys

import common


def commit(files, message):
    for path, text in files.items():
        common.write(path, text)
    identity = ["-c", "user.name=maker", "-c", "user.email=maker@localhost"]
    common.run(["git", *identity, "add", "-A"])
    common.run(["git", *identity, "commit", "-q", "-m", message])


def lay_out(task, program):
    """The mended version is in the history: a branch that the checkout was reset from."""
    common.run(["git", "init", "-q", "."])
    commit(task["start"], "Start")
    commit(task["reference"], "Mend it")
    common.run(["git", "reset", "-q", "--hard", "HEAD~1"])
    shutil.copytree(program, ".", dirs_exist_ok=True)
    for path, text in task["files"].items():
        common.write(path, text)


def pytest(*options):
    return common.run([sys.executable, "-m", "pytest", *options, "tests"], timeout=8, env={**os.environ, "CI": "1"})
