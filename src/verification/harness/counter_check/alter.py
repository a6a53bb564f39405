"""Source of the function that alters a value at run time, where what a test expects is no literal."""

import ast

_SOURCE = '''
def alter(value):
    if value is None or isinstance(value, type):
        return object()
    if isinstance(value, bool):
        return not value
    if isinstance(value, (int, float)):
        return 0.5 if value != value or value in (float("inf"), float("-inf")) else value + BY + abs(value)
    if isinstance(value, complex):
        return value + BY + abs(value)
    if isinstance(value, str):
        return str(value) + "q"
    if isinstance(value, bytes):
        return bytes(value) + b"q"
    if isinstance(value, (list, tuple)):
        return (list if isinstance(value, list) else tuple)([*value, BY])
    if isinstance(value, (set, frozenset)):
        return {*value, object()}
    if isinstance(value, dict):
        return {**value, object(): BY}
    if hasattr(value, "dtype") and hasattr(value, "ravel"):
        return value + BY + abs(value) if value.dtype.kind in "iufc" else object()
    return object()
'''


def function(name, random):
    """Its definition, under a name of its own."""
    (definition,) = ast.parse(_SOURCE.replace("BY", str(random.randint(1000, 9999)))).body
    definition.name = name
    return definition


def place(tree, definition):
    """Puts it into a module, behind what must come first."""
    at = 0
    for statement in tree.body:
        is_text = isinstance(statement, ast.Expr) and isinstance(statement.value, ast.Constant)
        is_future = isinstance(statement, ast.ImportFrom) and statement.module == "__future__"
        if not (is_future or (is_text and at == 0)):
            break
        at += 1
    tree.body.insert(at, definition)
