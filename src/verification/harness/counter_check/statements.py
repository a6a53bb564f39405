"""Falsifies statements that assert: `assert`, the methods of unittest, mock and numpy.testing, blocks that want an exception."""

import ast

from . import sites
from .conditions import Conditions

_EQUALITIES = {
    *("assertEqual", "assertEquals", "assertListEqual", "assertTupleEqual", "assertSetEqual", "assertDictEqual"),
    *("assertSequenceEqual", "assertMultiLineEqual", "assertCountEqual", "assertAlmostEqual"),
    *("assert_equal", "assert_allclose", "assert_array_equal", "assert_almost_equal", "assert_array_almost_equal"),
}
_PAIRS = (
    ("assertTrue", "assertFalse"),
    ("assertIs", "assertIsNot"),
    ("assertIn", "assertNotIn"),
    ("assertIsNone", "assertIsNotNone"),
    ("assertIsInstance", "assertNotIsInstance"),
    ("assertGreater", "assertLessEqual"),
    ("assertLess", "assertGreaterEqual"),
    ("assertRegex", "assertNotRegex"),
    ("assert_called", "assert_not_called"),
    ("assert_awaited", "assert_not_awaited"),
)
_OPPOSITES = {
    **{one: other for one, other in _PAIRS},
    **{other: one for one, other in _PAIRS},
    "assertNotEqual": "assertEqual",
    "assertNotAlmostEqual": "assertAlmostEqual",
    "assert_called_once": "assert_not_called",
    "assert_awaited_once": "assert_not_awaited",
}
#: Assertions of mocks about the arguments of a call: with one more, it was never made.
_CALLS = {
    *("assert_called_with", "assert_called_once_with", "assert_any_call"),
    *("assert_awaited_with", "assert_awaited_once_with", "assert_any_await"),
}
_WANTS_EXCEPTION = {"assertRaises", "assertRaisesRegex", "raises"}
_WANTS_WARNING = {"assertWarns", "assertWarnsRegex", "warns"}
#: Exceptions that programs do not raise by themselves.
_UNLIKELY = ("BufferError", "ChildProcessError", "ProcessLookupError", "BlockingIOError", "StopAsyncIteration")
_TOLERANT = {"delta", "rtol", "atol"}


def can_falsify(statement):
    """Whether `falsify` knows the statement."""
    if isinstance(statement, (ast.Assert, ast.With, ast.AsyncWith)):
        return True
    name = sites.called(statement.value)
    count = len(statement.value.args)
    if name in _EQUALITIES:
        return count >= 2
    if name in _WANTS_EXCEPTION | _WANTS_WARNING:
        return count >= 2
    return name in _OPPOSITES or name in _CALLS


def falsify(statement, random, tainted, alter):
    """Changes the statement in place."""
    conditions = Conditions(random, tainted, alter)
    if isinstance(statement, ast.Assert):
        statement.test = conditions.falsify(statement.test)
    elif isinstance(statement, (ast.With, ast.AsyncWith)):
        _want_another(statement.items[0].context_expr, random)
    else:
        _call(statement.value, conditions, random)


def expected_sides(statement):
    """Expressions of the statement that may hold what it expects."""
    if isinstance(statement, ast.Assert):
        test = statement.test
        if isinstance(test, ast.Compare) and len(test.ops) == 1 and isinstance(test.ops[0], ast.Eq):
            return [test.left, test.comparators[0]]
        return list(test.args[:2]) if sites.called(test) in ("isclose", "allclose", "array_equal") else []
    if isinstance(statement, ast.Expr) and sites.called(statement.value) in _EQUALITIES:
        return list(statement.value.args[:2])
    return []


def _call(call, conditions, random):
    name = sites.called(call)
    if name in _EQUALITIES:
        far = any(keyword.arg in _TOLERANT for keyword in call.keywords) or len(call.args) > 2
        conditions.alter_one_of(call.args, far)
    elif name in _WANTS_EXCEPTION | _WANTS_WARNING:
        _want_another(call, random)
    elif name in _CALLS:
        call.args.append(ast.Constant(random.randint(10_000, 99_999)))
    elif isinstance(call.func, ast.Attribute):
        call.func.attr = _OPPOSITES[name]
        if call.func.attr in ("assert_not_called", "assert_called", "assert_not_awaited", "assert_awaited"):
            call.args, call.keywords = [], []
    else:
        call.func.id = _OPPOSITES[name]


def _want_another(call, random):
    """Another exception, or warning, than the one that is wanted."""
    if sites.called(call) in _WANTS_WARNING:
        call.args[0] = ast.Name("BytesWarning", ast.Load())
        return
    present = {node.id for node in ast.walk(call.args[0]) if isinstance(node, ast.Name)}
    call.args[0] = ast.Name(random.choice([each for each in _UNLIKELY if each not in present]), ast.Load())
