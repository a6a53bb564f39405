"""Runs the tests of tests.json in the folder `project`, and writes report.json."""

import json
import os
import sys

import pytest

from shared_tests.results import Results

from .plugin import Recorder, paths_of

_leave = os._exit


def main():
    with open("tests.json", encoding="utf-8") as file:
        options = json.load(file)
    report = os.path.join(os.getcwd(), "report.json")
    root = os.path.join(os.getcwd(), "project")
    config = os.path.join(root, options["config"]) if options["config"] else _empty_config()
    _settle(root, options["files"])
    results = Results(paths_of(root, options["files"]))
    arguments = ["-c", config, "--rootdir", root, "-p", "no:cacheprovider", "--import-mode=importlib"]
    arguments += ["--continue-on-collection-errors", "-q", "--tb=short"]
    pytest.main([*arguments, *options["files"]], plugins=[Recorder(root, options["ids"], results)])
    results.write(report, replaced=[], problem=None)
    try:
        sys.stdout.flush()
        sys.stderr.flush()
    finally:
        _leave(0)


def _empty_config():
    path = os.path.join(os.getcwd(), "pytest.ini")
    with open(path, "w", encoding="utf-8") as file:
        file.write("[pytest]\n")
    return path


def _settle(root, files):
    """The project comes behind everything that is installed: no file of its own takes the place of pytest or a module."""
    os.environ["PYTEST_DISABLE_PLUGIN_AUTOLOAD"] = "1"
    for name in ("PYTEST_ADDOPTS", "PYTEST_PLUGINS"):
        os.environ.pop(name, None)
    sys.dont_write_bytecode = True
    sys.path[:] = [path for path in sys.path if path not in ("", os.getcwd())]
    os.chdir(root)
    folders = [root, os.path.join(root, "src"), *(os.path.join(root, os.path.dirname(name)) for name in files)]
    sys.path += [folder for folder in dict.fromkeys(folders) if os.path.isdir(folder)]
