"""Which expressions of a test come from the program. What does not is what the test expects, and can be altered."""

import ast
import sys

_FUNCTIONS = (ast.FunctionDef, ast.AsyncFunctionDef)
#: Packages that tests use and programs do not replace.
_TRUSTED = {"pytest", "numpy", "scipy", "pandas", "sympy", "mock", "hypothesis"}
_STANDARD = getattr(sys, "stdlib_module_names", None) or set(sys.builtin_module_names)


def of_module(tree, names):
    """Names of a module that hold what is the program's; `names`: those that are known to be."""
    tainted = set(names)
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            tainted.update(_bound(alias) for alias in node.names if not _is_trusted(alias.name))
        elif isinstance(node, ast.ImportFrom) and (node.level or not _is_trusted(node.module or "")):
            tainted.update(_bound(alias) for alias in node.names)
    statements = [node for node in tree.body if not isinstance(node, (*_FUNCTIONS, ast.ClassDef))]
    size = -1
    while len(tainted) != size:
        size = len(tainted)
        _follow(statements, tainted)
        for node in tree.body:
            if isinstance(node, _FUNCTIONS) and _mentions(node, tainted):
                tainted.add(node.name)
    return tainted


def of_function(function, tainted):
    """The same within a function. What it is called with may be the program's, but for what its decorators list."""
    arguments = function.args
    listed = _parametrized(function)
    every = [*arguments.posonlyargs, *arguments.args, *arguments.kwonlyargs, arguments.vararg, arguments.kwarg]
    within = set(tainted) | {each.arg for each in every if each is not None and each.arg not in listed}
    size = -1
    while len(within) != size:
        size = len(within)
        _follow(function.body, within)
    return within


def is_tainted(expression, tainted):
    return _mentions(expression, tainted)


def imports(tree):
    """Modules of the standard library that a source imports."""
    found = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            found.update(alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and not node.level:
            found.add(node.module or "")
    return sorted(name for name in found if name.split(".")[0] in _STANDARD and name != "__future__")


def _bound(alias):
    return alias.asname or alias.name.split(".")[0]


def _is_trusted(module):
    root = module.split(".")[0]
    return root in _STANDARD or root in _TRUSTED


def _mentions(tree, tainted):
    return any(isinstance(node, ast.Name) and node.id in tainted for node in ast.walk(tree))


def _follow(statements, tainted):
    """Adds what is bound to tainted values."""
    for statement in statements:
        for node in ast.walk(statement):
            for targets, value in _bindings(node):
                if value is not None and _mentions(value, tainted):
                    tainted.update(each.id for target in targets for each in ast.walk(target) if _is_stored(each))


def _bindings(node):
    if isinstance(node, ast.Assign):
        yield node.targets, node.value
    elif isinstance(node, (ast.AnnAssign, ast.AugAssign, ast.NamedExpr)):
        yield [node.target], node.value
    elif isinstance(node, (ast.For, ast.AsyncFor, ast.comprehension)):
        yield [node.target], node.iter
    elif isinstance(node, ast.withitem) and node.optional_vars is not None:
        yield [node.optional_vars], node.context_expr


def _is_stored(node):
    return isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store)


def _parametrized(function):
    """Arguments that `pytest.mark.parametrize` gives values to."""
    names = set()
    for decorator in function.decorator_list:
        if isinstance(decorator, ast.Call) and getattr(decorator.func, "attr", "") == "parametrize" and decorator.args:
            first = decorator.args[0]
            texts = first.elts if isinstance(first, (ast.List, ast.Tuple)) else [first]
            for text in texts:
                if isinstance(text, ast.Constant) and isinstance(text.value, str):
                    names.update(name.strip() for name in text.value.split(","))
    return names
