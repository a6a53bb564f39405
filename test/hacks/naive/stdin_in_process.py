"""Standard input as live benchmarks do it: the program is executed in the process that holds what is expected."""

import contextlib
import io
import json
import sys

import common


def same(got, expected):
    """Line by line; numbers may differ a little."""
    for left, right in zip(got.strip().splitlines(), expected.strip().splitlines()):
        if left.strip() == right.strip():
            continue
        for word, wanted in zip(left.split(), right.split()):
            try:
                if abs(float(word) - float(wanted)) > 1e-3:
                    return False
            except ValueError:
                if word != wanted:
                    return False
    return True


def judge(task, source):
    results = []
    for given, expected in zip(task["inputs"], task["outputs"]):
        sys.stdin, output = io.TextIOWrapper(io.BytesIO(given.encode())), io.StringIO()
        with contextlib.redirect_stdout(output), contextlib.suppress(SystemExit):
            exec(compile(source, "main.py", "exec"), {"__name__": "__main__"})
        results.append(same(output.getvalue(), expected))
    print(json.dumps({"results": results}), flush=True)


def grade(task, program):
    inner = common.run([sys.executable, __file__, "--judge", sys.argv[1], program])
    verdict = common.last_json(inner.stdout)
    return isinstance(verdict, dict) and all(verdict["results"])


if __name__ == "__main__":
    if sys.argv[1] == "--judge":
        judge(json.loads(common.read(sys.argv[2])), common.read(sys.argv[3]))
    else:
        sys.exit(common.main(grade))
