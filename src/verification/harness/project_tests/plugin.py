"""Selects the tests that are asked for, and records what became of them."""

import os

import pytest


class Recorder:
    def __init__(self, root, wanted, results):
        self._root = root
        self._wanted = set(wanted)
        self._results = results
        self._told = {}
        self._errors = {}

    @pytest.hookimpl(trylast=True)
    def pytest_collection_modifyitems(self, items):
        items[:] = [item for item in items if item.nodeid in self._wanted]

    def pytest_collectreport(self, report):
        if report.failed:
            self._results.add(report.nodeid, "error", None, str(report.longrepr)[-500:])
        elif report.skipped:
            self._results.add(report.nodeid, "skipped", None, "skipped while it was collected")

    @pytest.hookimpl(hookwrapper=True, tryfirst=True)
    def pytest_runtest_makereport(self, item, call):
        if call.excinfo is not None:
            self._errors.setdefault(item.nodeid, call.excinfo.value)
        yield

    def pytest_runtest_logreport(self, report):
        self._told.setdefault(report.nodeid, []).append((report.when, report.outcome, hasattr(report, "wasxfail")))

    def pytest_runtest_logfinish(self, nodeid):
        told = self._told.pop(nodeid, [])
        error = self._errors.pop(nodeid, None)
        phases = [(when, outcome) for when, outcome, _ in told]
        if any(was_expected for _, _, was_expected in told):
            self._results.add(nodeid, "skipped", None, "declared as expected to fail")
        elif any(outcome == "skipped" for _, outcome in phases):
            self._results.add(nodeid, "skipped", error)
        elif ("call", "failed") in phases:
            # The words of pytest.raises and pytest.fail are of a class of their own.
            is_assertion = isinstance(error, (AssertionError, pytest.fail.Exception))
            self._results.add(nodeid, "failed" if is_assertion else "error", error)
        elif phases == [("setup", "passed"), ("call", "passed"), ("teardown", "passed")]:
            self._results.add(nodeid, "passed")
        else:
            self._results.add(nodeid, "error", error, "it did not come to its end")


def paths_of(root, names):
    """Names by the paths that code of the tests goes by."""
    return {os.path.join(root, name): name for name in names}
