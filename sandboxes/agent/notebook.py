"""A Python that keeps its state between calls, as a notebook does. The candidate's side of a session.

A call is a line with its number and source, ended by a NUL byte on one descriptor; its reply is a JSON object with the
number, ended by a NUL byte on another.
Everything here is the candidate's to change: the lane believes none of it beyond showing it.
"""

import json
import os
import sys
import traceback

import program

# Two of them, in JSON at its widest, are less than the lane takes.
_MAX_TEXT = 1 << 15


def serve(calls, replies):
    """Runs calls one after another until the lane closes the descriptor. Never returns."""
    namespace = sys.modules["__main__"].__dict__
    received = bytearray()
    while True:
        number, _, source = _next(calls, received).partition(b"\n")
        reply = _run(source.decode("utf-8", "surrogateescape"), int(number), namespace)
        for stream in (sys.stdout, sys.stderr):
            try:
                stream.flush()
            except BaseException:
                pass  # whatever the program has put there
        data = json.dumps({"call": int(number), **reply}).encode() + b"\0"
        while data:
            data = data[os.write(replies, data) :]


def _next(calls, received):
    while True:
        try:
            end = received.find(b"\0")
            if end >= 0:
                source = bytes(received[:end])
                del received[: end + 1]
                return source
            data = os.read(calls, 1 << 20)
            if not data:
                os._exit(0)
            received += data
        except KeyboardInterrupt:
            continue  # came too late for the call it was meant for


def _run(text, number, namespace):
    """Executes a call; the value of its last statement, if that is an expression, is the call's value."""
    # Here, since every slot of any kind would carry it.
    import _ast

    path = "<call %d>" % number
    program.remember_source(path, text)
    try:
        tree = compile(text, path, "exec", _ast.PyCF_ONLY_AST, dont_inherit=True)
        last = tree.body.pop() if tree.body and isinstance(tree.body[-1], _ast.Expr) else None
        if tree.body:
            exec(compile(tree, path, "exec", dont_inherit=True), namespace)
        if last is None:
            return {"status": "ok"}
        value = eval(compile(_ast.Expression(last.value), path, "eval", dont_inherit=True), namespace)
        if value is None:
            return {"status": "ok"}
        namespace["_"] = value
        return {"status": "ok", "value": _shorten(repr(value))}
    except KeyboardInterrupt as error:
        return {"status": "interrupted", "error": _describe(error)}
    except BaseException as error:
        return {"status": "error", "error": _describe(error)}


def _shorten(text):
    return text if len(text) <= _MAX_TEXT else text[: _MAX_TEXT // 2] + "\n…\n" + text[-_MAX_TEXT // 2 :]


def _describe(error):
    trace = error.__traceback__
    # The first entries are ours.
    while trace and not trace.tb_frame.f_code.co_filename.startswith("<call "):
        trace = trace.tb_next
    try:
        lines = _shorten("".join(traceback.format_exception(type(error), error, trace)))
        message = _shorten(str(error))
    except BaseException as second:
        lines = message = "%s while describing it" % type(second).__name__
    return {"name": type(error).__name__, "message": message, "traceback": lines}
