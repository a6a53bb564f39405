"""The tests' side: runs trusted tests against the candidate's proxies and writes the report."""

import os
import sys
import types

import program

from . import recorder, unittests
from .candidate import MODULE
from .connection import Connection
from .errors import BridgeBroken
from .exports import GuardedExports
from .solution import Solution

_TESTS = "tests"
_PATH, _CONTEXT = "/workspace/tests.py", "/workspace/context.py"
_REPORT = "/workspace/report.json"
# Decoding deep values takes calls; tests have at most this many of their own.
_RECURSION = 4000
_MAX_TEXT = 2000


def run_tests(descriptor, source, options):
    """Runs the tests and ends the process, with 0 when there is a report. Never returns."""
    status = 1
    try:
        program.become_main([], _PATH)
        sys.setrecursionlimit(max(_RECURSION, sys.getrecursionlimit()))
        connection = Connection(descriptor, GuardedExports(_TESTS), MODULE)
        connection.is_guarded = True
        connection.lets_operators = options.get("operators") is True
        connection.lets_suppression = options.get("suppression") is True
        report = _judge(connection, source, options)
        recorder.write(options.get("report", _REPORT), report)
        status = 0
    finally:
        for stream in (sys.stdout, sys.stderr):
            try:
                stream.flush()
            except BaseException:
                pass
        os._exit(status)


def _judge(connection, source, options):
    load, candidate_pid = _await_load(connection)
    run = _Run(connection, source, options)
    setup = run.all() if load["ok"] else None
    if not load["ok"]:
        run.fail("the solution could not be loaded")
    run.miss()
    return {
        "load": load,
        "setup": setup,
        "tests": run.recorder.tests,
        "calls": connection.calls,
        "evidence": connection.evidence,
        "broken": connection.broken,
        "candidate_pid": candidate_pid,
        "tests_pid": os.getpid(),
    }


def _await_load(connection):
    """(what the report says of it, the process as it calls itself)."""
    try:
        is_error, told = connection.expect_first()
    except BridgeBroken as error:
        message = "the solution's process %s" % error
        return {"ok": False, "error": {"type": "BridgeBroken", "message": message, "traceback": ""}}, None
    told = told if type(told) is dict and not is_error else {}
    pid = told.get("pid")
    pid = pid if type(pid) is int and 0 < pid < 1 << 31 else None
    if told.get("ok") is True:
        return {"ok": True}, pid
    error = told.get("error")
    error = error if type(error) is dict else {}
    texts = {name: str(error.get(name, ""))[:_MAX_TEXT] for name in ("type", "message", "traceback")}
    return {"ok": False, "error": texts}, pid


class _Run:
    """One run of the tests, by their kind."""

    def __init__(self, connection, source, options):
        self._source = source
        self._options = options
        self._kind = options["kind"]
        self._entry_point = options.get("entry_point")
        self._asserts = options.get("asserts", ())
        self._paths = {_PATH, _CONTEXT, *map(_assert_path, range(len(self._asserts)))}
        self.recorder = recorder.Recorder(connection, self._paths)
        self._solution = Solution(MODULE, connection)
        self._module = types.ModuleType(_TESTS)
        names = [self._entry_point] if self._entry_point else []
        if self._kind != "check":
            sys.modules[MODULE] = self._solution
            names += options.get("names", ())
        self._names = names

    def all(self):
        """Prepares and runs the tests; why they could not be prepared, if so."""
        sys.modules[_TESTS] = self._module
        self._module.__file__ = _PATH
        namespace = self._module.__dict__
        self.recorder.observer.install(namespace)
        try:
            if self._options.get("context"):
                self._execute(self._options["context"], _CONTEXT)
            self._solution.bring(self._names, namespace)
            self._execute(self._source, _PATH)
        except BaseException as error:
            self.fail("the tests could not be prepared")
            return recorder.describe_failure(error)
        # The source may define helpers, but not what is tested.
        self._solution.bring(self._names, namespace)
        getattr(self, "_run_" + self._kind)(namespace)
        return None

    def _execute(self, source, path):
        source = source.decode("utf-8", "surrogateescape") if isinstance(source, bytes) else source
        program.remember_source(path, source)
        own = {"candidate", *self._names}
        exec(self.recorder.observer.compile(source, path, own), self._module.__dict__)

    def _run_check(self, namespace):
        def check():
            if self._entry_point not in namespace:
                raise NameError("the solution does not define %r" % self._entry_point)
            namespace["check"](namespace[self._entry_point])

        self.recorder.attempt("check", check)

    def _run_asserts(self, _namespace):
        for number, statement in enumerate(self._asserts):
            self.recorder.attempt(str(number), lambda: self._execute(statement, _assert_path(number)))
            if self._options.get("stop_at_first_failure") and self.recorder.has_failed:
                return

    def _run_unittest(self, _namespace):
        unittests.run(self._module, self.recorder, bool(self._options.get("stop_at_first_failure")))

    def fail(self, message):
        """None of the tests that are known by name can run."""
        known = {"check": ["check"], "asserts": [str(number) for number in range(len(self._asserts))], "unittest": []}
        for test_id in known[self._kind]:
            self.recorder.record(test_id, "error", None, message)

    def miss(self):
        """Tests that were to be seen and were not."""
        seen = {test["id"] for test in self.recorder.tests}
        for test_id in self._options.get("expected", ()):
            if test_id not in seen:
                self.recorder.record(test_id, "error", None, "the test did not run")


def _assert_path(number):
    return "/workspace/assert_%d.py" % number
