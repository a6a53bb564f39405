import pytest


@pytest.mark.xfail
def test_own():
    assert False
