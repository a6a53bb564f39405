"""Frames on the stream between the two processes: a length and JSON text. Strictly one message at a time."""

import json
import os
import select
import struct
import sys

_LENGTH = struct.Struct(">I")
MAX_BYTES = 64 << 20
# Commas and brackets in one message: what it may become in memory stays below half a gigabyte.
_MAX_VALUES = 4_000_000
_CHUNK = 1 << 16
# The parser recurses on the C stack as far as the limit of Python calls lets it.
_SAFE_RECURSION = 5000

_encode = json.JSONEncoder(separators=(",", ":"), check_circular=False).encode
_decode = json.JSONDecoder().decode


class WireError(Exception):
    """The peer sent what the protocol does not allow at this point."""


class WireClosed(WireError):
    """The peer closed the stream or has gone."""


class TooLarge(Exception):
    """A message that would be larger than the peer accepts."""


def _has_too_many_values(data):
    return len(data) > _MAX_VALUES and sum(map(data.count, (b",", b"[", b"{"))) > _MAX_VALUES


def dump(message):
    """The bytes of a frame."""
    data = _encode(message).encode("ascii")
    if len(data) > MAX_BYTES or _has_too_many_values(data):
        raise TooLarge("value larger than %d MiB or %d items" % (MAX_BYTES >> 20, _MAX_VALUES))
    return _LENGTH.pack(len(data)) + data


def _parse(data):
    if _has_too_many_values(data):
        raise WireError("too many values")
    limit = sys.getrecursionlimit()
    try:
        if limit > _SAFE_RECURSION:
            sys.setrecursionlimit(_SAFE_RECURSION)
        return _decode(data.decode())
    except (ValueError, RecursionError, MemoryError) as error:
        raise WireError("not a message: %s" % type(error).__name__) from None
    finally:
        if limit > _SAFE_RECURSION:
            sys.setrecursionlimit(limit)


class Stream:
    """One end of the stream. Messages alternate, so bytes beyond one message are a violation."""

    def __init__(self, descriptor):
        os.set_inheritable(descriptor, False)
        os.set_blocking(descriptor, True)
        self._descriptor = descriptor
        self._poll = select.poll()
        self._poll.register(descriptor, select.POLLIN)

    def close(self):
        if self._descriptor is not None:
            os.close(self._descriptor)
            self._descriptor = None

    def send(self, frame):
        """Sends a whole frame. Nothing may have arrived that nobody asked for."""
        if self._poll.poll(0):
            self._read(1)
            raise WireError("sent something before it was asked")
        try:
            sent = os.write(self._descriptor, frame)
            if sent < len(frame):
                view = memoryview(frame)[sent:]
                while view:
                    view = view[os.write(self._descriptor, view) :]
        except OSError as error:
            raise WireClosed("closed the connection") from error

    def receive(self):
        """Waits for one message."""
        data = self._read(_CHUNK)
        while len(data) < _LENGTH.size:
            data += self._read(_CHUNK)
        (length,) = _LENGTH.unpack_from(data)
        if length > MAX_BYTES:
            raise WireError("announced %d bytes" % length)
        size = _LENGTH.size + length
        if len(data) < size:
            data = bytearray(data)
            while len(data) < size:
                data += self._read(_CHUNK << 4)
        if len(data) > size:
            raise WireError("sent more than was asked for")
        return _parse(data[_LENGTH.size :])

    def _read(self, size):
        try:
            data = os.read(self._descriptor, size)
        except OSError:
            data = b""
        if not data:
            raise WireClosed("closed the connection")
        return data
