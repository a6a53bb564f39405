"""Arrays and scalars of numpy as their type, shape and bytes. Never objects, so nothing in them is ever unpickled."""

import binascii
import re
import sys

_PLAIN_TYPE = re.compile(r"[<>|][biufcSUmM]\d{1,6}(\[\d{0,6}[A-Za-z]{1,2}\])?")


def encode(value):
    """The node; None for what is no plain array or scalar."""
    numpy = sys.modules.get("numpy")
    if numpy is None or not hasattr(numpy, "generic"):
        return None
    is_array = type(value) is numpy.ndarray
    if not is_array and not (issubclass(type(value), numpy.generic) and value.dtype.type is type(value)):
        return None
    name = value.dtype.str
    if not _PLAIN_TYPE.fullmatch(name) or value.dtype.hasobject or value.dtype.fields:
        return None
    data = binascii.b2a_base64(value.tobytes(), newline=False).decode()
    return {"n" if is_array else "N": [name, list(value.shape), data]}


def decode(name, shape, data):
    """A new array of its own memory. Raises for anything else, and where there is no numpy."""
    if not _PLAIN_TYPE.fullmatch(name):
        raise ValueError("not a plain type")
    import numpy

    data = binascii.a2b_base64(data)
    kind = numpy.dtype(name)
    count = 1
    for size in shape:
        if type(size) is not int or size < 0:
            raise ValueError("not a shape")
        count *= size
    if count * kind.itemsize != len(data):
        raise ValueError("not as many bytes as the shape says")
    if not data:
        return numpy.empty(shape if kind.itemsize else (0,), kind)
    return numpy.frombuffer(data, kind).reshape(shape).copy()
