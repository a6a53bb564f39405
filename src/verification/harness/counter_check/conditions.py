"""Falsifies what `assert` asserts: it holds before, and cannot hold after."""

import ast

from . import literals, taint

_FLIPPED = {
    ast.NotEq: ast.Eq,
    ast.Lt: ast.GtE,
    ast.GtE: ast.Lt,
    ast.Gt: ast.LtE,
    ast.LtE: ast.Gt,
    ast.Is: ast.IsNot,
    ast.IsNot: ast.Is,
    ast.In: ast.NotIn,
    ast.NotIn: ast.In,
}
_CLOSE = {"isclose", "allclose", "array_equal", "array_equiv", "compare_digest"}
_EXTREMES = {ast.Lt: "-1e300", ast.LtE: "-1e300", ast.Gt: "1e300", ast.GtE: "1e300"}


class Conditions:
    """`tainted`: names of the function that hold what is the program's. `alter`: the function that alters at run time."""

    def __init__(self, random, tainted, alter):
        self._random = random
        self._tainted = tainted
        self._alter = alter

    def falsify(self, test):
        if isinstance(test, ast.UnaryOp) and isinstance(test.op, ast.Not):
            return test.operand
        if isinstance(test, ast.BoolOp) and isinstance(test.op, ast.And):
            at = self._random.randrange(len(test.values))
            test.values[at] = self.falsify(test.values[at])
            return test
        if isinstance(test, ast.Compare) and len(test.ops) == 1:
            return self._comparison(test)
        if isinstance(test, ast.Call) and _name(test.func) in _CLOSE and len(test.args) >= 2:
            self.alter_one_of(test.args, True)
            return test
        return ast.UnaryOp(ast.Not(), test)

    def alter_one_of(self, sides, far):
        """Alters that of the first two expressions which the program has nothing to do with, or else the second."""
        left, right = (taint.is_tainted(side, self._tainted) for side in sides[:2])
        at = 0 if right and not left else 1
        sides[at] = self.alter(sides[at], far)

    def alter(self, expression, far=False):
        ok, value = literals.read(expression)
        if ok:
            return literals.write(literals.altered(value, self._random, far))
        if isinstance(expression, ast.Call) and _name(expression.func) == "approx" and expression.args:
            expression.args[0] = self.alter(expression.args[0], True)
            return expression
        return ast.Call(ast.Name(self._alter, ast.Load()), [expression], [])

    def _comparison(self, test):
        operator = type(test.ops[0])
        if operator is ast.Eq:
            sides = [test.left, test.comparators[0]]
            self.alter_one_of(sides, False)
            test.left, test.comparators[0] = sides
        elif operator is ast.In and self._is_expected(test.left):
            test.left = self.alter(test.left, True)
        elif operator is ast.In and self._is_choice(test.comparators[0]):
            test.comparators[0] = self.alter(test.comparators[0], True)
        elif operator in (ast.Lt, ast.LtE) and _is_distance(test.left):
            difference = test.left.args[0]
            sides = [difference.left, difference.right]
            self.alter_one_of(sides, True)
            difference.left, difference.right = sides
        elif operator in _EXTREMES and self._is_number(test.comparators[0]) and self._random.random() < 0.5:
            test.comparators[0] = ast.parse(_EXTREMES[operator], mode="eval").body
        else:
            test.ops = [_FLIPPED[operator]()]
        return test

    def _is_expected(self, expression):
        ok, value = literals.read(expression)
        return ok and value not in ("", b"", (), [], {}) and not taint.is_tainted(expression, self._tainted)

    def _is_choice(self, expression):
        return isinstance(expression, (ast.List, ast.Tuple, ast.Set)) and self._is_expected(expression)

    @staticmethod
    def _is_number(expression):
        ok, value = literals.read(expression)
        return ok and isinstance(value, (int, float)) and not isinstance(value, bool)


def _is_distance(expression):
    """`abs(a - b)`."""
    return (
        isinstance(expression, ast.Call)
        and _name(expression.func) in ("abs", "fabs")
        and len(expression.args) == 1
        and isinstance(expression.args[0], ast.BinOp)
        and isinstance(expression.args[0].op, ast.Sub)
    )


def _name(function):
    return getattr(function, "attr", getattr(function, "id", ""))
