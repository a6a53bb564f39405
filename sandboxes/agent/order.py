"""What a slot is told to do: one message on its pipe, read before any of it is executed."""

import marshal
import os
import struct

_LENGTHS = struct.Struct(">III")


def encode(what, source, prelude):
    text = marshal.dumps(what)
    return _LENGTHS.pack(len(text), len(source), len(prelude)) + text + source + prelude


def read(descriptor):
    """(what, source, prelude); None when the lane has gone."""
    lengths = _exactly(descriptor, _LENGTHS.size)
    if lengths is None:
        return None
    text, source, prelude = (_exactly(descriptor, length) for length in _LENGTHS.unpack(lengths))
    if text is None or source is None or prelude is None:
        return None
    return marshal.loads(text), source, prelude


def _exactly(descriptor, length):
    parts = []
    while length:
        part = os.read(descriptor, min(length, 1 << 20))
        if not part:
            return None
        parts.append(part)
        length -= len(part)
    return b"".join(parts)
