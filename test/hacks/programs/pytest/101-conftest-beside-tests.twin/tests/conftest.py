import pytest


@pytest.fixture
def pairs():
    return [(1, 5)]
