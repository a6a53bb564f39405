"""Exceptions as data. What is raised on one side is raised anew on the other, if it is one that may be.

Never what steers the machinery of tests or the interpreter: SystemExit, KeyboardInterrupt, a test's skip.
"""

import builtins
import sys

MAX_TEXT = 2000
_ENDS_ITERATION = (StopIteration, StopAsyncIteration)
_BUILTIN = {
    name: value
    for name, value in vars(builtins).items()
    if isinstance(value, type) and issubclass(value, Exception) and value.__name__ == name and "Group" not in name
}
_LIBRARY = frozenset(
    "json decimal zlib struct binascii csv _csv subprocess zipfile tarfile configparser xml dataclasses queue "
    "statistics shutil re sre_constants pickle _pickle copy calendar ipaddress locale lzma sqlite3 socket numpy "
    "pandas".split()
)


class CandidateError(Exception):
    """Raised in the other process, and of a kind that is not raised here; the message names it."""


class BridgeBroken(CandidateError):
    """The other process has gone or broke the protocol."""


class RemoteType(type):
    """Type of the local classes that stand for exception classes of the other process."""

    def __call__(cls, *args, **kwargs):
        return cls.bridge_connection_.call(cls.bridge_number_, args, kwargs)

    def __getattr__(cls, name):
        if name.startswith("__") or name.startswith("bridge_"):
            raise AttributeError(name)
        return cls.bridge_connection_.get(cls.bridge_number_, name)


def _get_attribute(self, name):
    if name.startswith("__") or name.startswith("bridge_"):
        raise AttributeError(name)
    return self.bridge_connection_.get(self.bridge_number_, name)


def text_of(error):
    """The message of an exception, whatever its class makes of it."""
    try:
        text = str(error)[:MAX_TEXT]
        return text if type(text) is str else "".join(text)
    except BaseException:
        return "<no message>"


def _where(error):
    """The innermost line of the solution that the exception came through."""
    found, trace = "", error.__traceback__
    while trace is not None:
        if trace.tb_frame.f_code.co_filename == "/workspace/solution.py":
            found = "solution.py, line %d" % trace.tb_lineno
        trace = trace.tb_next
    return found


class Errors:
    """Describes and rebuilds; `handles` numbers the classes and instances that only their own side knows."""

    def __init__(self, handles, connection):
        self._handles = handles
        self._connection = connection

    def describe_class(self, kind):
        """The node; None for a class that is not an Exception."""
        if isinstance(kind, RemoteType):
            return {"p": kind.bridge_number_}
        if not issubclass(kind, Exception):
            return None
        if _BUILTIN.get(kind.__name__) is kind:
            return {"xb": kind.__name__}
        if _find_library(kind.__module__, kind.__qualname__) is kind:
            return {"xl": [kind.__module__, kind.__qualname__]}
        number, is_new = self._handles.export(kind)
        if not is_new:
            return {"x": [number]}
        bases = [self.describe_class(base) for base in kind.__bases__]
        return {"x": [number, kind.__name__, [base for base in bases if base]]}

    def describe(self, error, depth):
        number = vars(error).get("bridge_number_")
        if number is not None:
            return {"p": number}
        described = self.describe_class(type(error))
        if described is None:
            return {"X": [type(error).__name__, text_of(error)]}
        if self._connection.is_guarded:
            # Given back as the same object. The message of a failed assertion tells what was expected.
            number, secret = self._handles.export(error)[0], isinstance(error, AssertionError)
        else:
            number, secret = self._handles.export(error)[0] if "x" in described else None, False
        args = [] if secret else self._encode_args(error, depth)
        return {"E": [described, args, "" if secret else text_of(error), _where(error), number]}

    def _encode_args(self, error, depth):
        try:
            return [self._handles.codec.encode(value, depth + 1) for value in error.args]
        except Exception:
            return []

    def recall(self, tag, body, depth):
        if tag == "xb":
            return _BUILTIN[body]
        if tag == "xl":
            module, name = body
            if module.partition(".")[0] not in _LIBRARY:
                raise ValueError("not a library that may be named")
            return _find_library(module, name) or CandidateError
        if tag == "X":
            return CandidateError("%s: %s" % tuple(body))
        if tag == "x":
            return self._recall_class(body, depth)
        if tag != "E":
            raise ValueError("no such tag")
        return self._recall_instance(body, depth)

    def _recall_class(self, body, depth):
        if len(body) == 1 or self._handles.is_known(body[0]):
            return self._handles.known(body[0], RemoteType)
        number, name, bases = body
        bases = [self._handles.codec.decode(base, depth + 1) for base in bases]
        if not all(isinstance(base, type) and issubclass(base, Exception) for base in bases):
            raise ValueError("not an exception class")
        bases = tuple(base for base in bases if not issubclass(base, _ENDS_ITERATION))
        inside = {"bridge_number_": number, "bridge_connection_": self._connection, "__module__": "solution"}
        inside.update(__getattr__=_get_attribute, __str__=lambda error: error.bridge_text_)
        try:
            made = RemoteType(name, bases or (Exception,), inside)
        except TypeError:  # bases that do not go together
            made = RemoteType(name, (Exception,), inside)
        self._handles.learn(number, made)
        return made

    def _recall_instance(self, body, depth):
        described, args, text, where, number = body
        kind = self._handles.codec.decode(described, depth + 1)
        args = self._handles.codec.decode_list(args, depth + 1)
        if not (isinstance(kind, type) and issubclass(kind, Exception) and type(text) is type(where) is str):
            raise ValueError("not an exception")
        if number is not None and self._handles.is_known(number):
            return self._handles.known(number, kind)
        if kind is CandidateError:
            args = ["%s: %s" % (".".join(described["xl"]), text)]
        error = _make(kind, args, text)
        error.bridge_where_ = where
        if number is not None:
            error.bridge_number_ = number
            self._handles.learn(number, error)
        return error


def _make(kind, args, text):
    if isinstance(kind, RemoteType):
        error = kind.__new__(kind, *args)
        error.args, error.bridge_text_ = args, text
        return error
    try:
        return kind(*args)
    except Exception:
        # Its constructor takes other arguments than it keeps.
        return kind.__new__(kind, *args)


def _find_library(module, name):
    """A library's exception class, if its module is loaded and may be asked for."""
    if type(module) is not str or type(name) is not str or module.partition(".")[0] not in _LIBRARY:
        return None
    found = vars(sys.modules.get(module, builtins)).get(name)
    return found if isinstance(found, type) and issubclass(found, Exception) else None
