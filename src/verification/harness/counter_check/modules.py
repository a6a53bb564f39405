"""The tests of a source: which there are by name, and which assertions each of them comes to."""

import ast

from . import sites, statements, taint

_FUNCTIONS = (ast.FunctionDef, ast.AsyncFunctionDef)


class Module:
    """One source of the tests, with what is known of it. `own`: names of the program in it."""

    def __init__(self, path, text, own):
        self.path = path
        self.tree = ast.parse(text, path)
        self.tainted = taint.of_module(self.tree, own)
        self._finder = sites.Finder(self.tree)
        self._functions = {node.name: node for node in self.tree.body if isinstance(node, _FUNCTIONS)}
        self._classes = {node.name: node for node in self.tree.body if isinstance(node, ast.ClassDef)}
        #: Sites by number: the statement, and the names that hold what is the program's where it stands.
        self.sites = []

    def statements(self):
        """Sites of the module's own statements."""
        return self._number(self._finder.find(self.tree.body))

    def function(self, name):
        """Sites of a function; None where there is none."""
        function = self._functions.get(name)
        return None if function is None else self._number(self._finder.find_in(function))

    def method(self, class_name, name):
        """The same of a method, which may be a base class's."""
        for kind in self._bases(class_name):
            for node in kind.body:
                if isinstance(node, _FUNCTIONS) and node.name == name:
                    return self._number(self._finder.find_in(node, kind.name))
        return None

    def test_cases(self):
        """Ids of the tests that unittest would find."""
        found = []
        for class_name in self._classes:
            kinds = list(self._bases(class_name))
            roots = [_last_name(base) for kind in kinds for base in kind.bases]
            if any(root.endswith("TestCase") for root in roots if root not in self._classes):
                names = {node.name for kind in kinds for node in kind.body if isinstance(node, _FUNCTIONS)}
                found += ["%s.%s" % (class_name, name) for name in sorted(names) if name.startswith("test")]
        return found

    def helpers(self):
        """Functions of the tests that compute what is expected: {name: numbers of the sites that use it}."""
        uses = {}
        for number, (statement, within) in enumerate(self.sites):
            for side in statements.expected_sides(statement):
                if not taint.is_tainted(side, within):
                    for call in _calls_of(side, statement, self.tree):
                        uses.setdefault(call.func.id, []).append((number, call))
        return {
            name: sorted({number for number, _ in found})
            for name, found in uses.items()
            if name in self._functions and self._is_pure(name, {id(call) for _, call in found})
        }

    def returns(self, name):
        """The statements by which a helper returns a value."""
        return [node for node in _own_nodes(self._functions[name]) if isinstance(node, ast.Return) and node.value]

    def _number(self, found):
        numbers = []
        for statement, function in found:
            if statements.can_falsify(statement):
                numbers.append(self._number_of(statement, function))
        return numbers

    def _number_of(self, statement, function):
        for number, (known, _) in enumerate(self.sites):
            if known is statement:
                return number
        within = self.tainted if function is None else taint.of_function(function, self.tainted)
        self.sites.append((statement, within))
        return len(self.sites) - 1

    def _bases(self, class_name):
        """A class and what it inherits from, as far as it is in this source."""
        waiting, seen = [class_name], []
        while waiting:
            name = waiting.pop(0)
            kind = self._classes.get(name)
            if kind is not None and kind not in seen:
                seen.append(kind)
                waiting += [_last_name(base) for base in kind.bases]
        return seen

    def _is_pure(self, name, expected):
        """Whether a function is used for nothing else, does not call itself, and returns what it returns at once."""
        function = self._functions[name]
        nodes = list(_own_nodes(function))
        if function.decorator_list or any(isinstance(node, (ast.Yield, ast.YieldFrom)) for node in nodes):
            return False
        uses = [node for node in ast.walk(self.tree) if isinstance(node, ast.Name) and node.id == name]
        calls = [node for node in ast.walk(self.tree) if id(node) in expected]
        return len(uses) == len(calls) > 0 and bool(self.returns(name)) and isinstance(function, ast.FunctionDef)


def _last_name(base):
    return getattr(base, "attr", getattr(base, "id", ""))


def _own_nodes(function):
    """The nodes of a function without those of functions within it."""
    waiting = list(function.body)
    while waiting:
        node = waiting.pop()
        yield node
        if not isinstance(node, (*_FUNCTIONS, ast.Lambda, ast.ClassDef)):
            waiting += ast.iter_child_nodes(node)


def _calls_of(side, statement, tree):
    """Calls whose value a side is: itself, or what the one name that it is was bound to before."""
    if isinstance(side, ast.Call) and isinstance(side.func, ast.Name):
        return [side]
    if not isinstance(side, ast.Name):
        return []
    bound = [
        node
        for node in ast.walk(tree)
        if isinstance(node, ast.Assign) and any(getattr(target, "id", "") == side.id for target in node.targets)
    ]
    uses = [node for node in ast.walk(tree) if isinstance(node, ast.Name) and node.id == side.id]
    if len(bound) != 1 or len(uses) != 2 or bound[0].lineno >= statement.lineno:
        return []
    value = bound[0].value
    return [value] if isinstance(value, ast.Call) and isinstance(value.func, ast.Name) else []
