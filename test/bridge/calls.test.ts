import { describe, expect, it } from "vitest";
import { failures, judge } from "./support.ts";

const CANDIDATE = `
import json
class AppError(Exception): pass
class NotFound(AppError, LookupError):
    def __init__(self, key):
        super().__init__("no " + key)
        self.key = key
    def hint(self): return "try " + self.key
def find(key): raise NotFound(key)
def fail(kind, *args): raise kind(*args)
def attempt(call, kind):
    try:
        return call()
    except kind as error:
        return [type(error).__name__, list(error.args)]
def bad_json(): json.loads("{")
def apply(call, *args, **kwargs): return call(*args, **kwargs)
def total(items): return sum(items)
def take(items, n): return [next(items) for _ in range(n)]
def down(n, call): return 0 if n == 0 else 1 + call(n - 1)
def memoize(call):
    known = {}
    def again(n):
        if n not in known: known[n] = call(n)
        return known[n]
    return again
def sort_in_place(items):
    items.sort()
    return items
def change(items=None, table=None, names=None, data=None):
    items[0].append(1); items.append([2]); table["a"]["x"] = 1; del table["b"]; names.add("z"); data.extend(b"!")
class Item:
    def __init__(self, n): self.n = n
def collect(items, n):
    items.append(Item(n))
    return items
def read(thing): return [thing.value, thing.double(4), len(thing)]
def call_private(thing): return thing._secret
def write(thing): thing.value = 1
def render(stream): stream.write("hello")
def first(call): return [call("x"), call("y")]
def swallow(call):
    try:
        call()
    except Exception:
        pass
    return True
def visit(call):
    items = []
    call(items)
    return items
def greet(name): return "hi " + name
def instance(thing, kind): return isinstance(thing, kind)
`;

describe("exceptions", () => {
  it("are raised anew with their classes and arguments", async () => {
    const asserts = [
      "try:\n    fail(ValueError, 'a', 1)\nexcept ValueError as error:\n    assert error.args == ('a', 1)\nelse: assert False",
      "try:\n    find('k')\nexcept AppError as error:\n    assert (str(error), error.key, error.hint()) == ('no k', 'k', 'try k')\nelse: assert False",
      "try:\n    find('k')\nexcept LookupError as error:\n    assert isinstance(error, NotFound) and type(error) is NotFound",
      "assert issubclass(NotFound, AppError) and issubclass(AppError, Exception) and not issubclass(AppError, LookupError)",
      "assert NotFound('q').key == 'q'",
      "try:\n    raise NotFound('q')\nexcept AppError as error:\n    assert str(error) == 'no q'",
      "import json\ntry:\n    bad_json()\nexcept json.JSONDecodeError: pass\nelse: assert False",
      "try:\n    fail(StopIteration)\nexcept StopIteration: assert False\nexcept Exception as error:\n    assert 'StopIteration' in str(error)",
      "assert not list(map(lambda x: 1, [])) and refuses(lambda: list(map(fail, [StopIteration])))",
      "assert attempt(lambda: 1 // 0, ZeroDivisionError)[0] == 'ZeroDivisionError'",
      "class Own(Exception): pass\ndef own(): raise Own('mine')\ntry:\n    apply(own)\nexcept Own as error:\n    assert str(error) == 'mine'\nelse: assert False",
      "class Own(Exception): pass\ndef own(): raise Own('mine')\nassert attempt(own, Own) == ['Own', ['mine']]",
    ];
    const tests = "def refuses(call):\n    try:\n        call()\n    except Exception:\n        return True\n";
    expect(await failures(CANDIDATE, asserts, tests)).toEqual([]);
  });
});

describe("what tests pass", () => {
  it("functions, iterators and their own objects can be used", async () => {
    const tests = `
class Thing:
    value = 3
    _secret = 5
    def double(self, n): return 2 * n
    def __len__(self): return 9
class Base: pass
`;
    const asserts = [
      "assert apply(lambda a, b=0: [a, b], 1, b=2) == [1, 2] and apply(max, [3, 1]) == 3",
      "assert total(iter([1, 2])) == 3 and total(n for n in range(4)) == 6 and total({1: 2}.keys()) == 1",
      "import itertools\nassert take(itertools.count(5), 3) == [5, 6, 7]",
      "def f(n): return down(n, f)\nassert f(20) == 20",
      "fib = memoize(lambda n: n if n < 2 else fib(n - 1) + fib(n - 2))\nassert fib(15) == 610",
      "assert read(Thing()) == [3, 8, 9]",
      "for call in (call_private, write):\n    try:\n        call(Thing())\n    except AttributeError: pass\n    else: assert False",
      "import io\ns = io.StringIO()\nrender(s)\nassert s.getvalue() == 'hello'",
      "from unittest.mock import Mock\nm = Mock(return_value=4)\nassert first(m) == [4, 4] and m.call_count == 2\nm.assert_called_with('y')",
      "assert apply(apply, greet, 'you') == 'hi you' and apply(greet, 'me') == 'hi me'",
      "t = Thing()\nassert apply(lambda x: x is t, t)",
      "assert instance(Thing(), Thing) and not instance(Thing(), Base) and instance(5, int)",
      "assert visit(lambda items: items.append(3)) == [3]",
    ];
    expect(await failures(CANDIDATE, asserts, tests)).toEqual([]);
  });

  it("arguments that are changed have changed, and stay the objects they are", async () => {
    const asserts = [
      "x = [3, 1, 2]\ny = sort_in_place(x)\nassert x == [1, 2, 3] and y is x",
      "x = []\ncollect(x, 1)\ny = collect(x, 2)\nassert [i.n for i in x] == [1, 2] and y is x and x[0] is y[0]",
      `inner, outer = [0], {'x': 0}
items, table, names, data = [inner], {'a': outer, 'b': 1}, {'y'}, bytearray(b'a')
change(items, table, names=names, data=data)
assert items == [[0, 1], [2]] and items[0] is inner and table == {'a': {'x': 1}} and table['a'] is outer
assert names == {'y', 'z'} and data == b'a!'`,
    ];
    expect(await failures(CANDIDATE, asserts)).toEqual([]);
    const options = { kind: "check", entry_point: "sort_in_place" };
    const tests = "def check(candidate):\n    candidate([2, 1])\n";
    expect((await judge({ candidate: CANDIDATE, tests, options })).evidence).toEqual(["arguments_changed"]);
  });

  it("an assertion that fails in a callback fails the test, caught or not", async () => {
    const asserts = ["def f(): assert False\nassert swallow(f)", "def f(): raise ValueError\nassert swallow(f)"];
    const report = await judge({ candidate: CANDIDATE, options: { kind: "asserts", names: ["swallow"], asserts } });
    expect(report.tests.map(({ status }) => status)).toEqual(["failed", "passed"]);
  });

  it("callbacks nest to a bound", async () => {
    const asserts = [
      "def f(n): return apply(f, n + 1)\ntry:\n    f(0)\nexcept RecursionError as error:\n    assert 'nest' in str(error)\nelse: assert False",
      "assert greet('x') == 'hi x'",
    ];
    expect(await failures(CANDIDATE, asserts)).toEqual([]);
  });
});
