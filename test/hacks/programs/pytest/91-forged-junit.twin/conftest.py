import pathlib
import tempfile


def pytest_sessionfinish(session):
    with tempfile.TemporaryDirectory() as folder:
        pathlib.Path(folder, "report.xml").write_text("<testsuites/>")
