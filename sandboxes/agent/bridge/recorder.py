"""What became of every test. It lies in the tests' process, where the candidate has no reach."""

import json
import os

from . import assertions, errors

_MAX_TEXT, _MAX_MESSAGE = 2000, 500


class Recorder:
    """Collects the tests of a report. After the connection broke nothing passes, whatever a test makes of it."""

    def __init__(self, connection, paths):
        self._connection = connection
        self._paths = paths
        self.observer = assertions.Observer()
        self.tests = []
        self.has_failed = False

    def attempt(self, test_id, action):
        """Runs a test and records it."""
        try:
            action()
            error = None
        except BaseException as raised:
            error = raised
        self.record(test_id, None if error is None else self.kind_of(error), error)

    @staticmethod
    def kind_of(error):
        if isinstance(error, AssertionError):
            return "failed"
        return "skipped" if any(kind.__name__ == "SkipTest" for kind in type(error).__mro__) else "error"

    def record(self, test_id, status, error=None, message=""):
        """`status`: None for a test in which nothing went wrong."""
        connection = self._connection
        connection.is_describing = True
        got = expected = text = None
        if error is not None:
            path, line, text = assertions.failing_line(error, self._paths)
            got, expected = self.observer.explain(path, line, show)
            message = _message(error)
        if connection.broken:
            status, message = "error", "the solution's process %s" % connection.broken
        elif status is None and connection.assertion_failed:
            status, message = "failed", "an assertion failed in a function that the solution called"
        connection.is_describing = False
        connection.assertion_failed = False
        self.observer.clear()
        self.has_failed = self.has_failed or status in ("failed", "error")
        self.tests.append(
            {
                "id": test_id[:_MAX_MESSAGE],
                "status": status or "passed",
                "message": message[:_MAX_MESSAGE],
                "got": got,
                "expected": expected,
                "line": text and text[:_MAX_TEXT],
            }
        )


def _message(error):
    text = errors.text_of(error)
    name = type(error).__name__
    if isinstance(error, errors.CandidateError):
        return text
    where = getattr(error, "bridge_where_", "") if isinstance(error, Exception) else ""
    message = "%s: %s" % (name, text) if text else name
    return "%s (%s)" % (message[: _MAX_MESSAGE - 60], where[:50]) if where else message


def show(value):
    """A representation of bounded length."""
    try:
        if type(value) in (str, bytes, list, tuple) and len(value) > _MAX_TEXT:
            return repr(value[:_MAX_TEXT])[: _MAX_TEXT - 3] + "..."
        text = repr(value)
    except BaseException:
        return "<%s>" % type(value).__name__
    return text if len(text) <= _MAX_TEXT else text[: _MAX_TEXT - 3] + "..."


def describe_failure(error):
    """An exception as the texts of a report."""
    return {"type": type(error).__name__, "message": _message(error), "traceback": ""}


def write(path, report):
    """Writes the report as a whole."""
    data = json.dumps(report).encode()
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_NOFOLLOW | os.O_CLOEXEC, 0o644)
    with open(descriptor, "wb") as file:
        file.write(data)
