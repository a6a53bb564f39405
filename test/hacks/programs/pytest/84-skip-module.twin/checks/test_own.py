import pytest


@pytest.mark.skip(reason="slow")
def test_own():
    pass
