"""Arguments that a call changes: what changed is sent back and copied into the very objects that were passed."""

import collections
import marshal
import sys

_TYPES = {
    list,
    dict,
    set,
    bytearray,
    collections.deque,
    collections.OrderedDict,
    collections.defaultdict,
    collections.Counter,
}


def is_mutable(value):
    kind = type(value)
    return kind in _TYPES or (kind.__name__ == "ndarray" and kind is getattr(sys.modules.get("numpy"), "ndarray", None))


def snapshot(value, codec):
    """Something that is another after the value has changed; None for what cannot change."""
    if not is_mutable(value):
        return None
    try:
        # Only ever compared. It is five times as fast as the codec, but does not know all types.
        return marshal.dumps(value, 2)
    except ValueError:
        return codec.fingerprint(value)


def copy_into(old, new):
    """Gives `old` the contents of `new`; containers within that have a counterpart stay the objects they are."""
    if type(old) in (list, collections.deque):
        merged = [_merge(before, after) for before, after in zip(old, new)] + list(new)[len(old) :]
        old.clear()
        old.extend(merged)
    elif isinstance(old, dict):
        merged = {key: _merge(old[key], value) if key in old else value for key, value in new.items()}
        old.clear()
        for key, value in merged.items():
            old[key] = value
    elif type(old) is set:
        old.clear()
        old.update(new)
    else:
        old[...] = new


def _merge(before, after):
    if before is not after and type(before) is type(after) and is_mutable(before):
        if type(before) is bytearray:
            before[:] = after
        else:
            copy_into(before, after)
        return before
    return after


def changes(passed, before, codec):
    """[index, node] of each argument that is no longer what its snapshot tells."""
    changed = []
    for index, argument in enumerate(passed):
        if before[index] is not None and snapshot(argument, codec) != before[index]:
            changed.append([index, codec.encode_one(argument)])
    return changed


def apply(changed, passed, codec):
    """Changes the arguments that were passed, and no others. Raises ValueError for what cannot have become of them."""
    for index, node in changed:
        old, (new,) = argument_at(passed, index), codec.decode_all([node])
        if not is_mutable(old) or type(old) is not type(new):
            raise ValueError("an argument cannot become this")
        _merge(old, new)


def argument_at(passed, index):
    if type(index) is not int or index < 0:
        raise ValueError("no such argument")
    return passed[index]


def index_of(value, passed):
    """Which argument a result is, if it is one that can change; None if not."""
    if not is_mutable(value):
        return None
    return next((index for index, argument in enumerate(passed) if argument is value), None)
