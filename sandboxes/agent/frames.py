"""Frames of the agent protocol (docs/agent-protocol.md). One codec for host, agent and lanes."""

import json
import struct

# Payload length, type, channel; big-endian.
HEADER = struct.Struct(">IBI")
MAX_FRAME = 65536
MAX_PAYLOAD = MAX_FRAME - HEADER.size
# A DATA payload starts with its stream number.
MAX_DATA = MAX_PAYLOAD - 1
# Bytes of DATA that either side may send on a new channel before the other grants more.
INITIAL_CREDIT = 256 * 1024

# Output that is sent while the program runs has the stream number of its result, plus this.
LIVE = 0x80

HELLO, AUTH, READY, BYE, PING, PONG, RENEW = range(0x01, 0x08)
OPEN, DATA, END, CREDIT, CANCEL, RESULT, FAULT, CALL, INTERRUPT, REPLY = range(0x10, 0x1A)

# Frames that a sender puts before waiting DATA.
CONTROL = frozenset((HELLO, AUTH, READY, BYE, PING, PONG, RENEW, CREDIT))


class ProtocolError(Exception):
    """The peer sent something that is not a frame, or a frame out of place."""


def encode(kind, channel, payload=b""):
    if len(payload) > MAX_PAYLOAD:
        raise ProtocolError("payload of %d bytes" % len(payload))
    return HEADER.pack(len(payload), kind, channel) + payload


def encode_json(kind, channel, value):
    return encode(kind, channel, json.dumps(value, separators=(",", ":")).encode())


def decode_json(payload):
    try:
        value = json.loads(payload)
    except ValueError:
        raise ProtocolError("payload is not JSON") from None
    if not isinstance(value, dict):
        raise ProtocolError("payload is not a JSON object")
    return value


class Decoder:
    """Turns bytes in any split into (kind, channel, payload) frames."""

    def __init__(self):
        self._buffer = bytearray()

    def feed(self, data):
        buffer = self._buffer
        buffer += data
        frames = []
        at = 0
        while len(buffer) - at >= HEADER.size:
            length, kind, channel = HEADER.unpack_from(buffer, at)
            if length > MAX_PAYLOAD:
                raise ProtocolError("frame announces %d bytes" % length)
            end = at + HEADER.size + length
            if len(buffer) < end:
                break
            frames.append((kind, channel, bytes(buffer[at + HEADER.size : end])))
            at = end
        del buffer[:at]
        return frames
