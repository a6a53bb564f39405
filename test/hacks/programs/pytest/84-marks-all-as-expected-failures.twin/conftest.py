import pytest


def pytest_configure(config):
    config.addinivalue_line("markers", "words: about words")


def pytest_collection_modifyitems(items):
    for item in items:
        item.add_marker(pytest.mark.words)
