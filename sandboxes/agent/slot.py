"""The candidate's side of a run: what happens in the forked child before and while the program runs.

Nothing here is trusted once `enter` has returned: the program shares this process and may change all of it.
What counts is measured and decided by the lane, which is another process.
"""

import atexit
import builtins
import io
import linecache
import os
import random
import resource
import signal
import sys
import threading
import traceback
import types

import linux

MAIN_PATH = "/workspace/main.py"
_PYTHON_STACK = 120 << 20
_OTHER_STACK = 64 << 20


def enter(streams, ready, limits, env, seccomp, python, counts_own_user):
    """Makes the calling process the candidate's: descriptors, limits, no capabilities, filter. Irrevocable.

    `ready` gets a byte when everything is done, so that the lane can tell a failure of this from one of the program.
    """
    os.setsid()
    linux.set_dumpable(True)  # its own /proc entries are the candidate's; the lane's stay closed to it
    for number, descriptor in enumerate((*streams, ready)):
        os.dup2(descriptor, number)
    linux.close_above(4)
    os.chdir("/workspace")
    os.umask(0o022)
    for number in (signal.SIGCHLD, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, signal.SIG_DFL)
    signal.signal(signal.SIGINT, signal.default_int_handler if python else signal.SIG_DFL)
    if not python:
        # Only an interpreter expects these to be ignored.
        signal.signal(signal.SIGPIPE, signal.SIG_DFL)
        signal.signal(signal.SIGXFSZ, signal.SIG_DFL)
    os.environ.clear()
    os.environ.update(env)
    _set_limits(limits, python, counts_own_user)
    linux.drop_capabilities()
    seccomp.install()
    os.write(3, b"1")
    os.close(3)


def _set_limits(limits, python, counts_own_user):
    def cap(which, value, hard=None):
        ceiling = resource.getrlimit(which)[1]
        hard = value if hard is None else hard
        if ceiling != resource.RLIM_INFINITY:
            value, hard = min(value, ceiling), min(hard, ceiling)
        resource.setrlimit(which, (value, hard))

    cap(resource.RLIMIT_CORE, 0)
    cap(resource.RLIMIT_MEMLOCK, 1 << 16)
    cap(resource.RLIMIT_MSGQUEUE, 0)
    cap(resource.RLIMIT_RTPRIO, 0)
    cap(resource.RLIMIT_NICE, 0)
    cap(resource.RLIMIT_SIGPENDING, 1024)
    cap(resource.RLIMIT_STACK, _PYTHON_STACK if python else _OTHER_STACK)
    cap(resource.RLIMIT_NOFILE, limits["open_files"])
    cap(resource.RLIMIT_FSIZE, limits["disk_bytes"])
    if counts_own_user:
        # Elsewhere it would count the processes of other sandboxes, too; there the sampling alone holds the limit.
        cap(resource.RLIMIT_NPROC, limits["processes"])
    # The lane's sampling counts the CPU time of all processes; this is the net below it, one second wide.
    seconds = limits["cpu_ms"] // 1000 + 2
    cap(resource.RLIMIT_CPU, seconds, seconds + 1)
    # What a forked interpreter already holds is not the candidate's.
    cap(resource.RLIMIT_DATA, limits["memory_bytes"] + (_held_data() if python else 0))


def _held_data():
    with open("/proc/self/status") as file:
        for line in file:
            if line.startswith("VmData:"):
                return int(line.split()[1]) << 10
    return 0


def run_program(argv):
    """Replaces the process; a program that cannot be started exits like a shell says it: 127 or 126."""
    try:
        os.execvpe(argv[0], argv, os.environ)
    except FileNotFoundError:
        code, reason = 127, "not found"
    except OSError as error:
        code, reason = 126, error.strerror
    os.write(2, ("%s: %s\n" % (argv[0], reason)).encode("utf-8", "surrogateescape"))
    os._exit(code)


def run_python(source, prelude, args):
    """Runs `source` as `python main.py` would, in this process, and exits as Python does. Never returns."""
    main = types.ModuleType("__main__")
    main.__dict__.update(__builtins__=builtins, __file__=MAIN_PATH)
    sys.modules["__main__"] = main
    sys.argv = [MAIN_PATH, *args]
    sys.path.insert(0, "/workspace")
    sys.stdin = _text(0, "r")
    sys.stdout = _text(1, "w")
    sys.stderr = _text(2, "w", line_buffering=True)
    sys.__stdin__, sys.__stdout__, sys.__stderr__ = sys.stdin, sys.stdout, sys.stderr
    random.seed()
    if "numpy" in sys.modules:
        sys.modules["numpy"].random.seed()
    status = 1
    try:
        status = _execute(source, prelude, main.__dict__)
        threading._shutdown()
    finally:
        status = _finish(status)
        os._exit(status)


def _text(descriptor, mode, line_buffering=False):
    raw = open(descriptor, mode + "b", closefd=False)
    return io.TextIOWrapper(raw, "utf-8", "surrogateescape", line_buffering=line_buffering)


def _execute(source, prelude, namespace):
    try:
        text = source.decode("utf-8", "surrogateescape")
        linecache.cache[MAIN_PATH] = (len(text), None, text.splitlines(True), MAIN_PATH)
        code = compile(source, MAIN_PATH, "exec", dont_inherit=True)
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
