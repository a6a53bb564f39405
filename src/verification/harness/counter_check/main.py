"""Reads request.json, writes plan.json: the tests by name, and sources in which some of them are falsified.

The source that is not falsified goes the same way, so that the layout of a source tells nobody which one it is.
"""

import ast
import copy
import json
import random as randoms

from . import alter, statements, taint
from .modules import Module


def main():
    with open("request.json", encoding="utf-8") as file:
        request = json.load(file)
    with open("plan.json", "w", encoding="utf-8") as file:
        json.dump(plan(request), file)


def plan(request):
    """`sources` with their `path`, `text` and `role`; `names`: the program's; `expected`: ids, or null; `seed`; `least`, `most` variants."""
    random = randoms.Random(request["seed"])
    names = set(request["names"])
    modules = [Module(each["path"], each["text"], names) for each in request["sources"]]
    tests = _tests(request, modules)
    name = "_" + "".join(random.choice("abcdefghijklmnopqrstuvwxyz") for _ in range(6))
    most_sites = max(map(len, tests.values()), default=0)
    count = min(request["most"], max(request["least"], most_sites))
    units = _assertion_units(tests, count, random)
    chosen = [*units, *_helper_units(tests, modules)]
    return {
        "ids": list(tests),
        "imports": sorted({each for module in modules for each in taint.imports(module.tree)}),
        "unchecked": [test_id for test_id, found in tests.items() if not found],
        "variants": [_variant(modules, {}, {}, random, name, tests)]
        + [_variant(modules, sites, helpers, random, name, tests) for sites, helpers in chosen],
    }


def _tests(request, modules):
    """{id: [(number of module, number of site)]}."""
    style, expected = request["style"], request["expected"]
    first = modules[0]
    if style == "check":
        return {"check": [(0, site) for site in first.function("check") or []]}
    if style == "asserts":
        return {str(i): [(i + 1, site) for site in module.statements()] for i, module in enumerate(modules[1:])}
    if style == "unittest":
        ids = expected if expected is not None else first.test_cases()
        return {each: [(0, site) for site in first.method(*_method(each)) or []] for each in ids}
    paths = {module.path: number for number, module in enumerate(modules)}
    return {each: _sites_of_node(each, paths, modules) for each in expected}


def _method(test_id):
    class_name, _, name = test_id.rpartition(".")
    return class_name, name


def _sites_of_node(node_id, paths, modules):
    path, _, rest = node_id.partition("::")
    if path not in paths:
        return []
    number = paths[path]
    *classes, name = rest.partition("[")[0].split("::")
    if len(classes) > 1:
        return []
    found = modules[number].method(classes[0], name) if classes else modules[number].function(name)
    return [(number, site) for site in found or []]


def _assertion_units(tests, count, random):
    """One set of sites for each variant. Each test has one site in some variants and none in the others."""
    chosen = [set() for _ in range(count)]
    for found in tests.values():
        order = random.sample(range(count), count)
        shuffled = random.sample(found, len(found))
        wanted = max(len(shuffled), count // 2) if shuffled else 0
        for turn, variant in enumerate(order[:wanted]):
            chosen[variant].add(shuffled[turn % len(shuffled)])
    return [(sites, {}) for sites in chosen if sites]


_MOST_HELPERS = 4


def _helper_units(tests, modules):
    """A variant for each function that computes what is expected: it returns something else, and nothing else changes."""
    units = []
    for number, module in enumerate(modules):
        for helper, sites in sorted(module.helpers().items()):
            units.append((set(), {(number, helper): {(number, site) for site in sites}}))
    return units[:_MOST_HELPERS]


def _variant(modules, sites, helpers, random, name, tests):
    """Sources of a variant, and where its tests must fail: {id: [[path, first line, last line]]}."""
    sources, ranges = [], {}
    for number, module in enumerate(modules):
        tree, copies, changed, returns = _copy(module, [site for where, site in sites if where == number], number, helpers)
        for statement, within in changed:
            statements.falsify(statement, random, within, name)
        for statement in returns:
            statement.value = ast.Call(ast.Name(name, ast.Load()), [statement.value], [])
        alter.place(tree, alter.function(name, random))
        ast.fix_missing_locations(tree)
        text = ast.unparse(tree) + "\n"
        sources.append({"path": module.path, "text": text})
        spans = _spans(module.path, tree, copies, text)
        ranges.update({(number, site): span for site, span in enumerate(spans)})
    wanted = sites.union(*helpers.values()) if helpers else sites
    falsified = {
        test_id: [[modules[where].path, *ranges[where, site]] for where, site in found if (where, site) in wanted]
        for test_id, found in tests.items()
    }
    return {"sources": sources, "falsified": {test_id: places for test_id, places in falsified.items() if places}}


def _copy(module, sites, number, helpers):
    """A copy of the module's tree; in it, all sites, those to falsify, and the returns of the helpers."""
    returns = [each for where, helper in helpers if where == number for each in module.returns(helper)]
    memo = {}
    tree = copy.deepcopy(module.tree, memo)
    copies = [memo[id(statement)] for statement, _ in module.sites]
    changed = [(copies[site], module.sites[site][1]) for site in sites]
    return tree, copies, changed, [memo[id(statement)] for statement in returns]


def _spans(path, tree, copies, text):
    """First and last line of each site in the text that was made of a tree."""
    written = [node for node in ast.walk(tree) if isinstance(node, ast.stmt)]
    read = [node for node in ast.walk(ast.parse(text)) if isinstance(node, ast.stmt)]
    if len(written) != len(read):
        raise ValueError("%s: its text does not come back as it was" % path)
    places = {id(node): (other.lineno, other.end_lineno) for node, other in zip(written, read)}
    return [places[id(copied)] for copied in copies]
