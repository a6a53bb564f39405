# Run by pytest in a sandbox of this image, by `sandlot image check`.
import numpy
import pytest


@pytest.fixture
def folder(tmp_path):
    (tmp_path / "note").write_text("x")
    return tmp_path


@pytest.mark.parametrize("value", [1, 2])
def test_arrays(value):
    assert numpy.arange(3).sum() + value == 3 + value


def test_fixtures(folder, capsys):
    print((folder / "note").read_text())
    assert capsys.readouterr().out == "x\n"


def test_raises():
    with pytest.raises(AssertionError, match="1 == 2"):
        assert 1 == 2
