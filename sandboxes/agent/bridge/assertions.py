"""Remembers both sides of the comparison that an `assert` makes, so that a failure can show them."""

import linecache

_OBSERVER = "__observe__"


class Observer:
    """What the assertions of a source compared last."""

    def __init__(self):
        self._places = []
        self._seen = {}

    def clear(self):
        self._seen.clear()

    def compile(self, source, path, own_names):
        """The code of a source whose assertions are observed; `own_names` are the candidate's."""
        import ast

        tree = ast.parse(source, path)
        for node in list(ast.walk(tree)):
            if isinstance(node, ast.Assert):
                self._instrument(ast, node, path, own_names)
        ast.fix_missing_locations(tree)
        return compile(tree, path, "exec", dont_inherit=True)

    def install(self, namespace):
        namespace[_OBSERVER] = self._observe

    def _observe(self, key, side, value):
        self._seen[key, side] = value
        return value

    def _instrument(self, ast, node, path, own_names):
        key, test = len(self._places), node.test
        operator, swapped = None, False
        if isinstance(test, ast.Compare) and len(test.ops) == 1:
            operator = _SYMBOLS[type(test.ops[0]).__name__]
            left, right = (_names(ast, side) & own_names for side in (test.left, test.comparators[0]))
            swapped = bool(right) and not left
            test.left = self._wrap(ast, test.left, key, 0)
            test.comparators[0] = self._wrap(ast, test.comparators[0], key, 1)
        elif isinstance(test, ast.Call):
            operator = "true"
            node.test = self._wrap(ast, test, key, 0)
        elif isinstance(test, ast.UnaryOp) and isinstance(test.op, ast.Not):
            operator = "false"
            test.operand = self._wrap(ast, test.operand, key, 0)
        self._places.append((path, node.lineno, node.end_lineno, operator, swapped))

    @staticmethod
    def _wrap(ast, value, key, side):
        name = ast.Name(_OBSERVER, ast.Load())
        return ast.copy_location(ast.Call(name, [ast.Constant(key), ast.Constant(side), value], []), value)

    def explain(self, path, line, show):
        """(got, expected) as texts of the assertion that failed in this line; None for what is not known."""
        for key in reversed(range(len(self._places))):
            where, first, last, operator, swapped = self._places[key]
            if where == path and first <= line <= last and (key, 0) in self._seen:
                left = show(self._seen[key, 0])
                if operator in ("true", "false"):
                    return left, "a %s value" % operator
                right = show(self._seen[key, 1]) if (key, 1) in self._seen else None
                got, expected = (right, left) if swapped else (left, right)
                return got, expected if operator == "==" or expected is None else "%s %s" % (operator, expected)
        return None, None


_SYMBOLS = {"Eq": "==", "NotEq": "!=", "Lt": "<", "LtE": "<=", "Gt": ">", "GtE": ">=", "Is": "is", "IsNot": "is not"}
_SYMBOLS.update({"In": "in", "NotIn": "not in"})


def _names(ast, tree):
    return {part.id for part in ast.walk(tree) if isinstance(part, ast.Name)}


def failing_line(error, paths):
    """(path, number, text) of the innermost line of the tests that an exception came through."""
    found, trace = (None, 0, None), error.__traceback__
    while trace is not None:
        path = trace.tb_frame.f_code.co_filename
        if path in paths:
            found = path, trace.tb_lineno, linecache.getline(path, trace.tb_lineno).strip() or None
        trace = trace.tb_next
    return found
