"""The candidate's side: runs the program as a module and answers requests about it. Nothing here is trusted."""

import os
import sys
import traceback
import types

import program

from . import errors
from .connection import Connection
from .exports import OpenExports
from .wire import WireError

MODULE = "solution"
PATH = "/workspace/solution.py"


def serve_candidate(descriptor, source, prelude, options):
    """Loads the program, tells whether that went well, and answers until nobody asks any more. Never returns."""
    try:
        program.become_main(options.get("args", []), PATH)
        module = types.ModuleType(MODULE)
        module.__file__ = PATH
        sys.modules[MODULE] = module
        connection = Connection(descriptor, OpenExports(module), MODULE + ".tests")
        connection.on_broken = _end
        failure = _load(source, prelude, module.__dict__)
        connection.answer(0, False, {"ok": failure is None, "error": failure, "pid": os.getpid()})
        if failure is None:
            connection.serve()
    except WireError:
        pass
    finally:
        _end()


def _load(source, prelude, namespace):
    """Runs the program; what it raised, as texts."""
    try:
        program.remember_source(PATH, source.decode("utf-8", "surrogateescape"))
        code = compile(source, PATH, "exec", dont_inherit=True)
        if prelude:
            exec(prelude, namespace)
        exec(code, namespace)
        return None
    except BaseException as error:
        return {"type": type(error).__name__, "message": errors.text_of(error), "traceback": _trace(error)}


def _trace(error):
    try:
        # The first entry is _load(); the program's own frames follow.
        trace = error.__traceback__.tb_next
        return "".join(traceback.format_exception(type(error), error, trace))[-errors.MAX_TEXT :]
    except BaseException:
        return ""


def _end():
    for stream in (sys.stdout, sys.stderr):
        try:
            stream.flush()
        except BaseException:
            pass
    os._exit(0)
