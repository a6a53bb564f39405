"""What became of every test, with the places in the tests that an exception came through."""

import json

_MOST_PLACES = 50
_MESSAGE = 500


class Results:
    def __init__(self, paths):
        self._paths = paths
        self._dumps, self._open = json.dumps, open
        self._tests = []

    def add(self, test_id, status, error=None, message=""):
        """`status`: passed, failed, error or skipped."""
        if error is not None:
            message = _text(error)
        places = self._places(error)
        self._tests.append({"id": test_id[:_MESSAGE], "status": status, "message": message[:_MESSAGE], "places": places})

    @property
    def is_empty(self):
        return not self._tests

    def write(self, path, **facts):
        with self._open(path, "w", encoding="utf-8") as file:
            file.write(self._dumps({**facts, "tests": self._tests}))

    def _places(self, error):
        found, trace = [], getattr(error, "__traceback__", None)
        while trace is not None and len(found) < _MOST_PLACES:
            name = self._paths.get(trace.tb_frame.f_code.co_filename)
            if name is not None:
                found.append([name, trace.tb_lineno])
            trace = trace.tb_next
        return found


def status_of(error):
    if error is None:
        return "passed"
    if any(kind.__name__ in ("SkipTest", "Skipped") for kind in type(error).__mro__):
        return "skipped"
    return "failed" if isinstance(error, AssertionError) else "error"


def _text(error):
    try:
        text = str(error)
    except BaseException:
        text = ""
    return "%s: %s" % (type(error).__name__, text) if text else type(error).__name__
