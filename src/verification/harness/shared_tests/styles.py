"""The styles in which tests are written: a function `check`, statements, test cases of unittest."""

import asyncio
import inspect
import unittest

from .results import status_of


def run_check(namespace, results, entry_point, _statements):
    def check():
        ended = namespace["check"](namespace[entry_point])
        if inspect.iscoroutine(ended):
            asyncio.run(ended)

    _attempt(results, "check", check)


def run_asserts(namespace, results, _entry_point, statements):
    for number, code in enumerate(statements):
        _attempt(results, str(number), lambda code=code: exec(code, namespace))


def run_unittest(namespace, results, _entry_point, _statements):
    loader, suite = unittest.TestLoader(), unittest.TestSuite()
    kinds = [kind for kind in list(namespace.values()) if isinstance(kind, type) and issubclass(kind, unittest.TestCase)]
    for kind in kinds:
        if kind.__module__ == namespace["__name__"]:
            suite.addTests(loader.loadTestsFromTestCase(kind))
    suite.run(_Result(results, namespace["__name__"] + "."))


def _attempt(results, test_id, action):
    try:
        action()
        error = None
    except BaseException as raised:
        error = raised
    results.add(test_id, status_of(error), error)


# Twin of the one in sandboxes/agent/bridge/unittests.py, which is the agent's; this is sent with each run.
class _Result(unittest.TestResult):
    """A test passes if it is told to have, and nothing else was told of it."""

    def __init__(self, results, prefix):
        super().__init__()
        self._results = results
        self._prefix = prefix
        self._told = None

    def startTest(self, test):
        super().startTest(test)
        self._told = []

    def stopTest(self, test):
        if self._told is not None:
            told = self._told or [("error", None, "the test came to no end")]
            bad = [entry for entry in told if entry[0] != "passed"]
            self._told = None
            self._add(test, (bad or told)[0])
        super().stopTest(test)

    def _tell(self, test, status, error=None, message=""):
        if self._told is None:
            self._add(test, (status, error, message))
        else:
            self._told.append((status, error, message))

    def _add(self, test, entry):
        name = test.id()
        self._results.add(name[len(self._prefix) :] if name.startswith(self._prefix) else name, *entry)

    def addSuccess(self, test):
        self._tell(test, "passed")

    def addFailure(self, test, err):
        self._tell(test, "failed", err[1])

    def addError(self, test, err):
        self._tell(test, "error", err[1])

    def addSubTest(self, test, subtest, err):
        if err is not None:
            self._tell(test, status_of(err[1]), err[1])

    def addSkip(self, test, reason):
        self._tell(test, "skipped", None, "skipped: %s" % reason)

    def addExpectedFailure(self, test, err):
        self._tell(test, "skipped", None, "failed as expected")

    def addUnexpectedSuccess(self, test):
        self._tell(test, "failed", None, "passed, but is expected to fail")


STYLES = {"check": run_check, "asserts": run_asserts, "unittest": run_unittest}
