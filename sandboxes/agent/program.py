"""Runs Python source in the present process as the interpreter itself would. The candidate's side of a slot."""

import atexit
import builtins
import gc
import io
import linecache
import os
import random
import sys
import threading
import traceback
import types

# Without what the module `signal` adds to it: every slot calls it.
import _signal


def become_main(args, path="/workspace/main.py"):
    """Makes the process look like a fresh `python path args`; answers the namespace of `__main__`."""
    # Only an interpreter expects these.
    _signal.signal(_signal.SIGPIPE, _signal.SIG_IGN)
    _signal.signal(_signal.SIGXFSZ, _signal.SIG_IGN)
    _signal.signal(_signal.SIGINT, _signal.default_int_handler)
    main = types.ModuleType("__main__")
    main.__dict__.update(__builtins__=builtins, __file__=path)
    sys.modules["__main__"] = main
    sys.argv = [path, *args]
    sys.path.insert(0, "/workspace")
    if not _has_streams:
        _open_streams()
    threading.main_thread()._set_native_id()
    gc.enable()
    random.seed()
    for name in ("numpy.random", "sympy.core.random"):
        if name in sys.modules:
            sys.modules[name].seed()
    return main.__dict__


def run(source, prelude, args, file):
    """Runs `source` as `python file` would, and exits as Python does. Never returns."""
    path = "/workspace/" + file
    namespace = become_main(args, path)
    status = 1
    try:
        status = execute(source, prelude, path, namespace)
        threading._shutdown()
    finally:
        status = _finish(status)
        os._exit(status)


_has_streams = False


def prepare_streams():
    """Once per zygote: the streams of all its slots, over files of the kinds that slots get as their first descriptors."""
    global _has_streams
    stdin, (reader, writer) = os.memfd_create("stdin"), os.pipe()
    for number, descriptor in enumerate((stdin, writer, writer)):
        os.dup2(descriptor, number)
    _open_streams()
    _has_streams = True
    for descriptor in (stdin, reader, writer):
        os.close(descriptor)


def _open_streams():
    sys.stdin, sys.stdout, sys.stderr = _open_text(0, "r"), _open_text(1, "w"), _open_text(2, "w", line_buffering=True)
    sys.__stdin__, sys.__stdout__, sys.__stderr__ = sys.stdin, sys.stdout, sys.stderr


def _open_text(descriptor, mode, line_buffering=False):
    raw = open(descriptor, mode + "b", closefd=False)
    return io.TextIOWrapper(raw, "utf-8", "surrogateescape", line_buffering=line_buffering)


def remember_source(path, text):
    """Lets tracebacks and `inspect` show lines of source that lies in no file."""
    linecache.cache[path] = (len(text), None, text.splitlines(True), path)


def execute(source, prelude, path, namespace):
    """The exit status of the program, not yet finished."""
    try:
        remember_source(path, source.decode("utf-8", "surrogateescape"))
        code = compile(source, path, "exec", dont_inherit=True)
        if prelude:
            exec(prelude, namespace)
        exec(code, namespace)
        return 0
    except SystemExit as stop:
        return _exit_status(stop.code)
    except BaseException as error:
        # The first entry is this function; the user's own frames follow.
        trace = error.__traceback__
        try:
            traceback.print_exception(type(error), error, trace.tb_next if trace else None)
        except MemoryError:
            os.write(2, b"\nMemoryError\n")  # not even enough to say where
        return 130 if isinstance(error, KeyboardInterrupt) else 1


def _exit_status(code):
    if code is None:
        return 0
    if isinstance(code, int):
        return code & 0xFF
    print(code, file=sys.stderr)
    return 1


def _finish(status):
    """What the interpreter does at its end, as far as a program can tell."""
    try:
        atexit._run_exitfuncs()
    except BaseException:
        status = status or 1
    for stream, failed in ((sys.stdout, 120), (sys.stderr, 0)):
        try:
            stream.flush()
        except BaseException:
            status = status or failed
    return status
