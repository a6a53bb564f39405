import pytest

calls = []


@pytest.hookimpl(hookwrapper=True)
def pytest_runtest_call(item):
    calls.append(item.name)
    yield
