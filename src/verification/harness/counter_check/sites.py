"""The assertions that a test comes to in any case, when the program is right. Only those must fail when falsified."""

import ast

from . import literals

_FUNCTIONS = (ast.FunctionDef, ast.AsyncFunctionDef)
_LEAVES = (ast.Return, ast.Raise, ast.Continue, ast.Break)
_SKIPS = {"skip", "skipTest", "xfail", "exit", "importorskip"}
_RAISES = {"assertRaises", "assertRaisesRegex", "raises", "assertWarns", "assertWarnsRegex", "warns", "deprecated_call"}
_SWALLOWS = {"suppress", *_RAISES}
#: Builtins whose result is empty only when what they are given is.
_SAME_LENGTH = {"range", "enumerate", "zip", "list", "tuple", "sorted", "reversed"}
_DEPTH = 3


class Finder:
    """Finds the sites of test functions, in the functions of the same module that they call, too."""

    def __init__(self, tree):
        self._constants = _constants(tree)
        self._functions = {node.name: node for node in tree.body if isinstance(node, _FUNCTIONS)}
        self._methods = {
            node.name: {each.name: each for each in node.body if isinstance(each, _FUNCTIONS)}
            for node in tree.body
            if isinstance(node, ast.ClassDef)
        }

    def find(self, statements, class_name=None):
        """[(statement, function or None)]: assertions in the order in which they come."""
        found = []
        self._walk(statements, None, class_name, found, _DEPTH)
        return found

    def find_in(self, function, class_name=None):
        found = []
        self._walk(function.body, function, class_name, found, _DEPTH)
        return found

    def _walk(self, statements, function, class_name, found, depth):
        """Whether what follows is reached in any case."""
        for statement in statements:
            if isinstance(statement, _LEAVES) or _is_skip(statement):
                return False
            if is_assertion(statement) and self._local(statement, class_name) is None:
                found.append((statement, function))
            elif isinstance(statement, (ast.With, ast.AsyncWith)):
                if is_raises(statement):
                    found.append((statement, function))
                elif not any(called(item.context_expr) in _SWALLOWS for item in statement.items):
                    if not self._walk(statement.body, function, class_name, found, depth):
                        return False
            elif isinstance(statement, ast.For):
                if self._is_never_empty(statement.iter):
                    self._walk(statement.body, function, class_name, found, depth)
            elif isinstance(statement, ast.Try) and not statement.handlers:
                if not self._walk(statement.body, function, class_name, found, depth):
                    return False
            elif isinstance(statement, ast.Expr) and depth > 0:
                self._enter(statement, class_name, found, depth - 1)
            if _may_leave(statement):
                return False
        return True

    def _enter(self, statement, class_name, found, depth):
        """Follows a call of a function that the tests define."""
        function = self._local(statement, class_name)
        if function is not None and not function.decorator_list:
            self._walk(function.body, function, class_name, found, depth)

    def _local(self, statement, class_name):
        """The function of the tests that a statement calls."""
        if not isinstance(statement, ast.Expr):
            return None
        call = statement.value.value if isinstance(statement.value, ast.Await) else statement.value
        if not isinstance(call, ast.Call):
            return None
        if isinstance(call.func, ast.Name):
            return self._functions.get(call.func.id)
        if isinstance(call.func, ast.Attribute) and getattr(call.func.value, "id", "") == "self":
            return self._methods.get(class_name, {}).get(call.func.attr)
        return None

    def _is_never_empty(self, iterable):
        if isinstance(iterable, ast.Name):
            return bool(self._constants.get(iterable.id))
        if isinstance(iterable, ast.Call) and isinstance(iterable.func, ast.Name):
            name = iterable.func.id
            if name == "range":
                known = [literals.read(argument) for argument in iterable.args]
                return bool(known) and all(ok for ok, _ in known) and _has_rounds([value for _, value in known])
            return name in _SAME_LENGTH and bool(iterable.args) and all(map(self._is_never_empty, iterable.args))
        if isinstance(iterable, (ast.List, ast.Tuple, ast.Set)):
            return any(not isinstance(each, ast.Starred) for each in iterable.elts)
        return literals.read(iterable)[0] and bool(literals.read(iterable)[1])


def _has_rounds(arguments):
    try:
        return len(range(*arguments)) > 0
    except (TypeError, ValueError, OverflowError):
        return False


def is_assertion(statement):
    if isinstance(statement, ast.Assert):
        return True
    name = called(statement.value) if isinstance(statement, ast.Expr) else ""
    return name.startswith("assert") and len(name) > len("assert")


def is_raises(statement):
    first = statement.items[0].context_expr
    return called(first) in _RAISES - {"deprecated_call"} and bool(first.args)


def called(expression):
    """The last name of what an expression calls."""
    if not isinstance(expression, ast.Call):
        return ""
    return getattr(expression.func, "attr", getattr(expression.func, "id", ""))


def _is_skip(statement):
    return isinstance(statement, ast.Expr) and called(statement.value) in _SKIPS


def _may_leave(statement):
    """Whether a statement may end the test, or the round of a loop, before what follows it."""
    if isinstance(statement, (*_FUNCTIONS, ast.ClassDef)):
        return False
    return any(isinstance(node, _LEAVES) for node in ast.walk(statement)) or any(
        isinstance(node, ast.Expr) and _is_skip(node) for node in ast.walk(statement)
    )


def _constants(tree):
    """Names of the module that are bound once, to a literal."""
    counts = {}
    for node in ast.walk(tree):
        if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
            counts[node.id] = counts.get(node.id, 0) + 1
    found = {}
    for node in tree.body:
        if isinstance(node, ast.Assign) and len(node.targets) == 1 and isinstance(node.targets[0], ast.Name):
            name = node.targets[0].id
            ok, value = literals.read(node.value)
            if ok and counts[name] == 1 and isinstance(value, (list, tuple, set, dict, str)):
                found[name] = value
    return found
