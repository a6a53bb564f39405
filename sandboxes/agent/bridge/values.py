"""Plain values as JSON and back. Exact types only; whatever else there is becomes a handle.

Atoms and lists are themselves; all else is an object with one key, its tag.
"""

import binascii
import builtins

from . import arrays, library
from .recursion import with_room

MAX_DEPTH = 200
_MAX_CONTAINERS = 2_000_000
# A hundred thousand decimal digits.
_MAX_HEX_DIGITS = 83_100
_SMALL = 1 << 64

_FREE = frozenset((type(None), bool, float))
_ATOMS = _FREE | {int, str}

# Values with names: they are the same on both sides. Pure functions only.
_NAMES = (
    "object type int float complex bool str bytes bytearray list tuple dict set frozenset range slice map filter zip "
    "enumerate reversed abs all any ascii bin callable chr divmod hex len max min oct ord pow repr round sorted sum"
)
_NAMED = {name: getattr(builtins, name) for name in _NAMES.split()}
_NAMED.update({"NoneType": type(None), "Ellipsis": Ellipsis, "NotImplemented": NotImplemented})
_NAME_OF = {id(value): name for name, value in _NAMED.items()}


class CrossingError(Exception):
    """A value that cannot be sent: cyclic, nested too deep or too large."""


class Codec:
    """Both directions. `handles` stands in for what is not plain, and knows who is meant by a handle."""

    def __init__(self, handles):
        self._handles = handles
        self._containers = 0

    def encode_all(self, values):
        """The nodes of a list of values; raises CrossingError."""
        self._containers = 0
        return with_room(self._encode_items, values, 0)

    def encode_one(self, value):
        self._containers = 0
        return with_room(self.encode, value)

    def fingerprint(self, value):
        """Another text for another value. Objects in it are not told to the other side by this."""
        text = repr(self.encode_one(value))
        self._handles.settle(sent=False)
        return text

    def decode_all(self, nodes):
        """The values; raises whatever a malformed node leads to."""
        return with_room(self._decode_items, nodes, 0)

    def encode(self, value, depth=0):
        kind = type(value)
        if kind in _FREE:
            return value
        if kind is int:
            return value if -_SMALL < value < _SMALL else _encode_large(value)
        if kind is str:
            return value if value.isascii() else _encode_text(value)
        self._containers += 1
        if depth > MAX_DEPTH or self._containers > _MAX_CONTAINERS:
            raise CrossingError("value is cyclic, nested deeper than %d or too large" % MAX_DEPTH)
        if kind is list:
            return self._encode_items(value, depth)
        encoder = _ENCODERS.get(kind)
        if encoder:
            return encoder(self, value, depth)
        if id(value) in _NAME_OF:
            return {"g": _NAME_OF[id(value)]}
        node = library.encode(self, value, depth) or arrays.encode(value)
        return node or self._handles.describe(value, depth)

    def _encode_items(self, values, depth):
        kinds = set(map(type, values))
        if kinds <= _FREE or (len(kinds) == 1 and _all_simple(kinds.pop(), values)):
            return values
        encode, below = self.encode, depth + 1
        return [encode(value, below) for value in values]

    def encode_list(self, values, depth):
        return self._encode_items(list(values), depth)

    def encode_pairs(self, mapping, depth):
        flat = []
        for pair in mapping.items():
            flat += pair
        return self._encode_items(flat, depth)

    def decode(self, node, depth=0):
        kind = type(node)
        if kind in _ATOMS:
            return node
        if kind is list:
            return self._decode_items(node, depth)
        if depth > MAX_DEPTH:
            raise ValueError("nested too deep")
        ((tag, body),) = node.items()
        decoder = _DECODERS.get(tag)
        if decoder:
            return decoder(self, body, depth)
        if tag in library.DECODERS:
            return library.DECODERS[tag](self, body, depth)
        return self._handles.recall(tag, body, depth)

    def _decode_items(self, nodes, depth):
        if type(nodes) is not list or depth > MAX_DEPTH:
            raise ValueError("not a list, or nested too deep")
        if _ATOMS.issuperset(map(type, nodes)):
            return nodes
        decode, below = self.decode, depth + 1
        return [decode(node, below) for node in nodes]

    decode_list = _decode_items

    def decode_pairs(self, body, depth):
        flat = self._decode_items(body, depth)
        if len(flat) % 2:
            raise ValueError("a key without a value")
        return dict(zip(flat[::2], flat[1::2]))


def _all_simple(kind, values):
    if kind is int:
        return -_SMALL < min(values) and max(values) < _SMALL
    return kind is str and all(map(str.isascii, values))


def _encode_large(value):
    if value.bit_length() > 4 * _MAX_HEX_DIGITS:
        raise CrossingError("integer of more than 100,000 digits")
    return {"i": "%x" % value}


def _decode_large(_codec, body, _depth):
    if len(body) > _MAX_HEX_DIGITS + 1:
        raise ValueError("integer too large")
    return int(body, 16)


def _encode_text(value):
    try:
        value.encode()
        return value
    except UnicodeEncodeError:
        return {"s": _to_base64(value.encode("utf-8", "surrogatepass"))}


def _to_base64(data):
    return binascii.b2a_base64(data, newline=False).decode()


_ENCODERS = {
    tuple: lambda codec, value, depth: {"t": codec.encode_list(value, depth)},
    dict: lambda codec, value, depth: {"d": codec.encode_pairs(value, depth)},
    set: lambda codec, value, depth: {"S": codec.encode_list(value, depth)},
    frozenset: lambda codec, value, depth: {"F": codec.encode_list(value, depth)},
    bytes: lambda codec, value, depth: {"b": _to_base64(value)},
    bytearray: lambda codec, value, depth: {"B": _to_base64(value)},
    complex: lambda codec, value, depth: {"c": [value.real, value.imag]},
    range: lambda codec, value, depth: {"r": codec.encode_list((value.start, value.stop, value.step), depth)},
    slice: lambda codec, value, depth: {"l": codec.encode_list((value.start, value.stop, value.step), depth)},
}

_DECODERS = {
    "i": _decode_large,
    "s": lambda codec, body, depth: binascii.a2b_base64(body).decode("utf-8", "surrogatepass"),
    "t": lambda codec, body, depth: tuple(codec.decode_list(body, depth)),
    "d": lambda codec, body, depth: codec.decode_pairs(body, depth),
    "S": lambda codec, body, depth: set(codec.decode_list(body, depth)),
    "F": lambda codec, body, depth: frozenset(codec.decode_list(body, depth)),
    "b": lambda codec, body, depth: binascii.a2b_base64(body),
    "B": lambda codec, body, depth: bytearray(binascii.a2b_base64(body)),
    "c": lambda codec, body, depth: complex(*body),
    "r": lambda codec, body, depth: range(*codec.decode_list(body, depth)),
    "l": lambda codec, body, depth: slice(*codec.decode_list(body, depth)),
    "g": lambda codec, body, depth: _NAMED[body],
    "n": lambda codec, body, depth: arrays.decode(*body),
    "N": lambda codec, body, depth: arrays.decode(*body)[()],
}
