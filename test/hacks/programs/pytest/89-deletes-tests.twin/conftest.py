import pathlib
import tempfile

with tempfile.TemporaryDirectory() as folder:
    pathlib.Path(folder, "test_own.py").write_text("def test_own():\n    pass\n")
