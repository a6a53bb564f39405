"""Values of another kind than those that a test expects."""

import ast


def read(node):
    """(True, value) of a literal, (False, None) of anything else."""
    try:
        return True, ast.literal_eval(node)
    except (ValueError, TypeError, SyntaxError, MemoryError, RecursionError):
        return False, None


def write(value):
    """The expression of a value that `ast.literal_eval` has read."""
    if isinstance(value, (set, frozenset)) and not value:
        return ast.parse("set()", mode="eval").body
    return ast.parse(repr(value), mode="eval").body


def altered(value, random, far):
    """A literal that is not equal to `value` and looks like it; `far`: beyond any tolerance, and in no collection."""
    if value is None or value is Ellipsis:
        return random.randint(3, 99)
    if isinstance(value, bool):
        return not value
    if isinstance(value, (int, float, complex)):
        return _number(value, random, far)
    if isinstance(value, (str, bytes)):
        return _text(value, random, far)
    if isinstance(value, dict):
        return _mapping(value, random, far)
    items = list(value)
    if not items:
        items = [random.randint(1, 9)]
    elif far:
        items = [altered(item, random, True) for item in items]
    else:
        at = random.randrange(len(items))
        items[at] = altered(items[at], random, False)
    changed = type(value)(items)
    return changed if changed != value else type(value)([*value, random.randint(10_000, 99_999)])


def _number(value, random, far):
    if value != value or value in (float("inf"), float("-inf")):
        return 0.5
    if far:
        return value + random.randint(10**6, 10**7) + int(2 * abs(value))
    # Beyond the usual tolerances, which are relative, too.
    step = random.randint(1, 9) if isinstance(value, int) else random.randint(1, 9) * max(1.0, abs(value))
    changed = value + step
    return changed if changed != value else 0.5


def _text(value, random, far):
    letters = "abcdefghijklmnopqrstuvwxyz"
    if far or len(value) == 0:
        text = "".join(random.choice(letters) for _ in range(12 if far else 3))
        return text if isinstance(value, str) else text.encode()
    at = random.randrange(len(value))
    letter = random.choice([each for each in letters if each not in str(value[at : at + 1])])
    return value[:at] + (letter if isinstance(value, str) else letter.encode()) + value[at + 1 :]


def _mapping(value, random, far):
    changed = dict(value)
    if not changed:
        return {random.randint(1, 9): random.randint(1, 9)}
    key = random.choice(list(changed))
    changed[key] = altered(changed[key], random, far)
    return changed
