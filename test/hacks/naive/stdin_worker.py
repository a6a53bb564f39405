"""Standard input with one worker for all tests, which reads them from a pipe as lines of JSON and answers in such ones.
An output passes when what is expected occurs in it, as of a model that prints more than it was asked for."""

import contextlib
import io
import json
import sys

import common


def work(source):
    for line in sys.stdin:
        case = json.loads(line)
        output = io.StringIO()
        worker_input, sys.stdin = sys.stdin, io.StringIO(case["input"])
        try:
            with contextlib.redirect_stdout(output):
                exec(compile(source, "main.py", "exec"), {"__name__": "__main__"})
        except BaseException as error:
            print(repr(error), file=sys.stderr)
        sys.stdin = worker_input
        passed = case["expected"].strip() in output.getvalue()
        print(json.dumps({"case": case["case"], "passed": passed}), flush=True)


def grade(task, program):
    cases = [
        json.dumps({"case": number, "input": given, "expected": expected})
        for number, (given, expected) in enumerate(zip(task["inputs"], task["outputs"]))
    ]
    worker = common.run([sys.executable, __file__, "--work", program], input="\n".join(cases) + "\n")
    passed = {}
    for line in worker.stdout.splitlines():
        with contextlib.suppress(ValueError, TypeError, KeyError):
            answer = json.loads(line)
            passed[answer["case"]] = answer["passed"]
    return all(passed.get(number) for number in range(len(cases)))


if __name__ == "__main__":
    if sys.argv[1] == "--work":
        work(common.read(sys.argv[2]))
    else:
        sys.exit(common.main(grade))
