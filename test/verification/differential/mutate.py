"""Makes variants of programs, most of them wrong in one place.

Reads a line of JSON `{"seed", "count", "programs": {name: {"source", "function"}}}`, prints `{name: [source, ...]}`. Only Python's own
syntax tree is touched, so every variant compiles. Of programs whose `function` is given nothing else is touched: its helpers may be the tests', too.
"""

import ast
import json
import random
import sys

COMPARISONS = {ast.Lt: ast.LtE, ast.LtE: ast.Lt, ast.Gt: ast.GtE, ast.GtE: ast.Gt, ast.Eq: ast.NotEq, ast.NotEq: ast.Eq}
OPERATORS = {ast.Add: ast.Sub, ast.Sub: ast.Add, ast.Mult: ast.Add, ast.FloorDiv: ast.Mult, ast.Mod: ast.FloorDiv}


def places(tree):
    """Functions that change the tree in one place each."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Compare) and type(node.ops[0]) in COMPARISONS:
            yield lambda node=node: node.ops.__setitem__(0, COMPARISONS[type(node.ops[0])]())
        elif isinstance(node, ast.BinOp) and type(node.op) in OPERATORS:
            yield lambda node=node: setattr(node, "op", OPERATORS[type(node.op)]())
        elif isinstance(node, ast.Constant) and type(node.value) is int:
            yield lambda node=node: setattr(node, "value", node.value + 1)
        elif isinstance(node, ast.Constant) and type(node.value) is bool:
            yield lambda node=node: setattr(node, "value", not node.value)
        elif isinstance(node, ast.If):
            yield lambda node=node: setattr(node, "test", ast.UnaryOp(ast.Not(), node.test))
        elif isinstance(node, ast.Return) and node.value is not None:
            yield lambda node=node: setattr(node, "value", ast.List([node.value], ast.Load()))


def variant(source, function, generator):
    tree = ast.parse(source)
    parts = [node for node in tree.body if isinstance(node, ast.FunctionDef) and node.name == function]
    candidates = list(places(parts[-1] if parts else tree))
    if candidates:
        generator.choice(candidates)()
    return ast.unparse(ast.fix_missing_locations(tree))


def main():
    told = json.loads(sys.stdin.readline())
    made = {}
    for name, program in told["programs"].items():
        generator = random.Random("%s %s" % (told["seed"], name))
        made[name] = [variant(program["source"], program["function"], generator) for _ in range(told["count"])]
    json.dump(made, sys.stdout)


main()
