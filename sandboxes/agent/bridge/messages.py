"""The two kinds of messages: `["?", number, operation, handle, name, args, kwargs]` asks, `["=" or "!", number, value,
changed arguments]` answers with a value or an exception.
"""

from . import errors, mutation, wire
from .values import CrossingError


class Messages:
    """Builds frames of values, and reads values from what arrived."""

    def __init__(self, handles):
        self._handles = handles
        self._codec = handles.codec

    def request(self, head, args, kwargs):
        """The frame of a request; raises CrossingError for values that cannot be sent."""
        try:
            encoded = dict(zip(kwargs, self._codec.encode_all(list(kwargs.values()))))
            frame = wire.dump([*head, self._codec.encode_all(args), encoded])
        except BaseException as error:
            self._handles.settle(sent=False)
            raise CrossingError(str(error)) if isinstance(error, wire.TooLarge) else error
        self._handles.settle(sent=True)
        return frame

    def answer(self, number, is_error, value, passed, before):
        """The frame of an answer, or of the reason why there is none."""
        try:
            changes = mutation.changes(passed, before, self._codec)
            index = mutation.index_of(value, passed)
            node = self._codec.encode_one(value) if index is None else {"a": index}
            frame = wire.dump(["!" if is_error else "=", number, node, changes])
            self._handles.settle(sent=True)
            return frame
        except Exception as error:
            self._handles.settle(sent=False)
            return wire.dump(["!", number, {"X": [type(error).__name__, errors.text_of(error)]}, []])

    def snapshots(self, passed):
        return [mutation.snapshot(value, self._codec) for value in passed]

    def read_answer(self, message, passed):
        """(whether it is an exception, the value, whether arguments were changed); changes them as the answer says."""
        try:
            kind, _, node, changes = message
            if kind not in ("=", "!"):
                raise ValueError("no such answer")
            mutation.apply(changes, passed, self._codec)
            if type(node) is dict and "a" in node:
                value = mutation.argument_at(passed, node["a"])
            else:
                (value,) = self._codec.decode_all([node])
            if kind == "!" and not isinstance(value, Exception):
                raise ValueError("not an exception")
            return kind == "!", value, bool(changes)
        except wire.WireError:
            raise
        except Exception as error:
            raise wire.WireError("not an answer: %s" % type(error).__name__) from None

    def read_request(self, message, expected_number):
        """(object, operation, name, args, kwargs). Only what was handed out can be asked for."""
        try:
            _, number, operation, handle, name, args, kwargs = message
            if number != expected_number or type(name) is not str or type(kwargs) is not dict:
                raise ValueError("no such request")
            kwargs = dict(zip(kwargs, self._codec.decode_all(list(kwargs.values()))))
            return self._handles.exported(handle), operation, name, self._codec.decode_all(args), kwargs
        except wire.WireError:
            raise
        except Exception as error:
            raise wire.WireError("not a request: %s" % type(error).__name__) from None
