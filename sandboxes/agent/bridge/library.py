"""Plain types of the standard library. Their modules are imported when a value of them is met."""

import collections
import sys

# Factories of a defaultdict that have a name on both sides.
_FACTORIES = {kind.__name__: kind for kind in (int, float, str, bool, list, tuple, dict, set, frozenset, bytes)}


def encode(codec, value, depth):
    """The node; None for a value of another type."""
    kind = type(value)
    encoder = _ENCODERS.get((kind.__module__, kind.__name__))
    if encoder is None or getattr(sys.modules.get(kind.__module__), kind.__name__, None) is not kind:
        return None
    return encoder(codec, value, depth)


def _encode_defaultdict(codec, value, depth):
    factory = value.default_factory
    name = factory.__name__ if type(factory) is type and _FACTORIES.get(factory.__name__) is factory else None
    return {"dd": [name, codec.encode_pairs(value, depth)]}


def _encode_fraction(codec, value, depth):
    return {"Q": codec.encode_list((value.numerator, value.denominator), depth)}


def _zone(value):
    """Microseconds from UTC, None without a zone; raises LookupError for a zone that is not plain."""
    zone = value.tzinfo
    if zone is None:
        return None
    if type(zone) is not sys.modules["datetime"].timezone:
        raise LookupError
    return _microseconds(zone.utcoffset(None))


def _microseconds(delta):
    return (delta.days * 86400 + delta.seconds) * 1_000_000 + delta.microseconds


def _encode_datetime(_codec, value, _depth):
    try:
        zone = _zone(value)
    except LookupError:
        return None
    clock = [value.hour, value.minute, value.second, value.microsecond, value.fold, zone]
    if type(value).__name__ == "time":
        return {"T": ["time", *clock]}
    return {"T": ["datetime", value.year, value.month, value.day, *clock]}


def _decode_datetime(_codec, body, _depth):
    import datetime

    kind, *fields = body
    if kind == "date":
        return datetime.date(*fields)
    if kind == "timedelta":
        return datetime.timedelta(*fields)
    if kind == "timezone":
        return datetime.timezone(datetime.timedelta(microseconds=fields[0]))
    if kind not in ("time", "datetime"):
        raise ValueError("no such type")
    *fields, fold, zone = fields
    if zone is not None:
        zone = datetime.timezone(datetime.timedelta(microseconds=zone))
    return getattr(datetime, kind)(*fields, tzinfo=zone, fold=fold)


def _decode_fraction(codec, body, depth):
    from fractions import Fraction

    numerator, denominator = codec.decode_list(body, depth)
    return Fraction(numerator, denominator)


def _decode_decimal(_codec, body, _depth):
    from decimal import Decimal

    return Decimal(body)


def _decode_deque(codec, body, depth):
    items, longest = body
    return collections.deque(codec.decode_list(items, depth), longest)


def _decode_defaultdict(codec, body, depth):
    name, pairs = body
    factory = None if name is None else _FACTORIES[name]
    return collections.defaultdict(factory, codec.decode_pairs(pairs, depth))


_ENCODERS = {
    ("collections", "OrderedDict"): lambda codec, value, depth: {"O": codec.encode_pairs(value, depth)},
    ("collections", "Counter"): lambda codec, value, depth: {"C": codec.encode_pairs(value, depth)},
    ("collections", "defaultdict"): _encode_defaultdict,
    ("collections", "deque"): lambda codec, value, depth: {"q": [codec.encode_list(value, depth), value.maxlen]},
    ("fractions", "Fraction"): _encode_fraction,
    ("decimal", "Decimal"): lambda codec, value, depth: {"m": str(value)},
    ("datetime", "datetime"): _encode_datetime,
    ("datetime", "time"): _encode_datetime,
    ("datetime", "date"): lambda codec, value, depth: {"T": ["date", value.year, value.month, value.day]},
    ("datetime", "timedelta"): lambda codec, value, depth: {
        "T": ["timedelta", value.days, value.seconds, value.microseconds]
    },
    ("datetime", "timezone"): lambda codec, value, depth: {"T": ["timezone", _microseconds(value.utcoffset(None))]},
}

DECODERS = {
    "O": lambda codec, body, depth: collections.OrderedDict(codec.decode_pairs(body, depth)),
    "C": lambda codec, body, depth: collections.Counter(codec.decode_pairs(body, depth)),
    "dd": _decode_defaultdict,
    "q": _decode_deque,
    "Q": _decode_fraction,
    "m": _decode_decimal,
    "T": _decode_datetime,
}
