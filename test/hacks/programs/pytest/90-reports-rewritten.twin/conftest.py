import pytest

seconds = []


@pytest.hookimpl(hookwrapper=True)
def pytest_runtest_makereport(item, call):
    outcome = yield
    seconds.append(outcome.get_result().duration)
