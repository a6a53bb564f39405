"""Loads solution.py, then the tests of tests.json, runs them and writes report.json."""

import importlib.util
import json
import linecache
import os
import sys
import types

from .pristine import Pristine
from .results import Results
from .styles import STYLES

_TESTS = "test_solution"
_FOLDER = os.getcwd()
_leave = os._exit


def main():
    with open("tests.json", encoding="utf-8") as file:
        options = json.load(file)
    names = ["context.py", "test_solution.py", *("assert_%d.py" % i for i in range(options["asserts"]))]
    sources = {name: _read(name) for name in names if os.path.exists(name)}
    results = Results({os.path.join(_FOLDER, name): name for name in sources})
    pristine = Pristine(options["imports"])
    replaced, problem = [], None
    try:
        _load_solution(options["prelude"])
    except BaseException as error:
        problem = error
    else:
        replaced = pristine.restore()
    if problem is None or options["style"] == "unittest":
        # Tests that import the program by themselves may want something in place before.
        problem = _run(options, sources, results) or (problem if results.is_empty else None)
    results.write(os.path.join(_FOLDER, "report.json"), replaced=replaced[:20], problem=_described(problem))
    try:
        sys.stdout.flush()
        sys.stderr.flush()
    finally:
        # Threads of the program end with its tests.
        _leave(0)


def _run(options, sources, results):
    """The exception that kept the tests from being prepared."""
    module = types.ModuleType(_TESTS)
    module.__file__ = os.path.join(_FOLDER, "test_solution.py")
    sys.modules[_TESTS] = module
    namespace = module.__dict__
    try:
        _execute("context.py", sources, namespace)
        _bring(options["names"], namespace)
        _execute("test_solution.py", sources, namespace)
        _bring(options["names"], namespace)
        statements = [_compiled("assert_%d.py" % i, sources) for i in range(options["asserts"])]
    except BaseException as error:
        return error
    STYLES[options["style"]](namespace, results, options["entry_point"], statements)
    return None


def _read(name):
    with open(name, encoding="utf-8", errors="surrogateescape") as file:
        return file.read()


def _load_solution(prelude):
    path = os.path.join(_FOLDER, "solution.py")
    spec = importlib.util.spec_from_file_location("solution", path)
    module = importlib.util.module_from_spec(spec)
    sys.modules["solution"] = module
    try:
        exec(prelude, module.__dict__)
        exec(compile(_read(path), path, "exec", dont_inherit=True), module.__dict__)
    except BaseException:
        sys.modules.pop("solution", None)
        raise


def _compiled(name, sources):
    path = os.path.join(_FOLDER, name)
    linecache.cache[path] = (len(sources[name]), None, sources[name].splitlines(True), path)
    return compile(sources[name], path, "exec", dont_inherit=True)


def _execute(name, sources, namespace):
    if name in sources:
        exec(_compiled(name, sources), namespace)


def _bring(names, namespace):
    """Puts names of the program into the tests'."""
    solution = sys.modules.get("solution")
    for name in names:
        if hasattr(solution, name):
            namespace[name] = getattr(solution, name)


def _described(error):
    if error is None:
        return None
    try:
        text = str(error)
    except BaseException:
        text = ""
    return {"type": type(error).__name__, "message": text[:500]}
