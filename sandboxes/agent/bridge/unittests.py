"""Test cases of the tests' module, run and recorded one by one."""


def run(module, recorder, stop_at_first_failure):
    """Runs every test case that the module defines."""
    import unittest

    suite = unittest.defaultTestLoader.loadTestsFromModule(module)
    suite.run(_make_result(unittest, recorder, module.__name__ + ".", stop_at_first_failure))


# Twin of the one in src/verification/harness/shared_tests/styles.py, which is sent with each run; this is the agent's.
def _make_result(unittest, recorder, prefix, stop_at_first_failure):
    class Result(unittest.TestResult):
        """Forwards to the recorder. A test passes if it is told to have, and nothing else was told of it."""

        def __init__(self):
            super().__init__()
            self._told = None

        def startTest(self, test):
            super().startTest(test)
            self._told = []

        def stopTest(self, test):
            # Python 3.12.1 stops skipped tests that it did not start.
            if self._told is not None:
                told = self._told or [("error", None, "the test came to no end")]
                bad = [entry for entry in told if entry[0] is not None]
                self._told = None
                self._record(test, (bad or told)[0])
            super().stopTest(test)

        def _tell(self, test, status, error=None, message=""):
            if self._told is None:
                # Of a whole class or module.
                self._record(test, (status, error, message))
            else:
                self._told.append((status, error, message))

        def _record(self, test, entry):
            name = test.id()
            recorder.record(name[len(prefix) :] if name.startswith(prefix) else name, *entry)
            if stop_at_first_failure and recorder.has_failed:
                self.stop()

        def addSuccess(self, test):
            self._tell(test, None)

        def addFailure(self, test, err):
            self._tell(test, "failed", err[1])

        def addError(self, test, err):
            self._tell(test, "error", err[1])

        def addSubTest(self, test, subtest, err):
            if err is not None:
                self._tell(test, recorder.kind_of(err[1]), err[1])

        def addSkip(self, test, reason):
            self._tell(test, "skipped", None, "skipped: %s" % reason)

        def addExpectedFailure(self, test, err):
            self._tell(test, "skipped", None, "failed as expected")

        def addUnexpectedSuccess(self, test):
            self._tell(test, "failed", None, "passed, but is expected to fail")

    return Result()
