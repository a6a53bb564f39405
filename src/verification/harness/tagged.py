"""Values that JSON has no form for, as tagged JSON: `{"$": tag, "v": payload}` (compare/tagged-json.ts is the other side)."""

import base64

_DECIMAL_BITS = 10_000


def encoded(value):
    """What `json.dumps` can write; raises TypeError for what is no plain value."""
    if value is None or isinstance(value, (bool, str, float)):
        return value
    if isinstance(value, int):
        return value if value.bit_length() < _DECIMAL_BITS else {"$": "int", "v": hex(value)}
    if isinstance(value, list):
        return [encoded(item) for item in value]
    for kind in (tuple, set, frozenset):
        if isinstance(value, kind):
            return {"$": kind.__name__, "v": [encoded(item) for item in value]}
    if isinstance(value, (bytes, bytearray)):
        return {"$": "bytes", "v": base64.b64encode(value).decode()}
    if isinstance(value, complex):
        return {"$": "complex", "v": [value.real, value.imag]}
    if isinstance(value, dict):
        if all(isinstance(key, str) and key != "$" for key in value):
            return {key: encoded(member) for key, member in value.items()}
        return {"$": "dict", "v": [[encoded(key), encoded(member)] for key, member in value.items()]}
    raise TypeError("%s is no plain value" % type(value).__name__)


def decoded(value):
    """The value that tagged JSON, as `json.loads` read it, stands for."""
    if isinstance(value, list):
        return [decoded(item) for item in value]
    if not isinstance(value, dict):
        return value
    if "$" not in value:
        return {key: decoded(member) for key, member in value.items()}
    return _KINDS[value["$"]](value["v"])


_KINDS = {
    "tuple": lambda payload: tuple(map(decoded, payload)),
    "set": lambda payload: set(map(decoded, payload)),
    "frozenset": lambda payload: frozenset(map(decoded, payload)),
    "bytes": base64.b64decode,
    "complex": lambda payload: complex(*payload),
    "int": lambda payload: int(payload, 16),
    "dict": lambda payload: {decoded(key): decoded(member) for key, member in payload},
}
