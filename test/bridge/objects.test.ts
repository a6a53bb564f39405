import { describe, expect, it } from "vitest";
import { failures, judge } from "./support.ts";

const CANDIDATE = `
import collections, dataclasses, enum, functools
LIMIT = 7
class Stack:
    count = 0
    def __init__(self, *items): self.items = list(items)
    def push(self, item, *, times=1):
        self.items.extend([item] * times)
        return self
    def pop(self): return self.items.pop()
    def __len__(self): return len(self.items)
    def __iter__(self): return iter(self.items)
    def __getitem__(self, i): return self.items[i]
    def __setitem__(self, i, v): self.items[i] = v
    def __delitem__(self, i): del self.items[i]
    def __contains__(self, x): return x in self.items
    def __str__(self): return "Stack" + str(self.items)
    @property
    def top(self): return self.items[-1]
    @classmethod
    def of(cls, n): return cls(*range(n))
    @staticmethod
    def name(): return "stack"
@dataclasses.dataclass(order=True, frozen=True)
class Point:
    x: int
    y: int = 0
    def __add__(self, other): return Point(self.x + other.x, self.y + other.y)
class Manager:
    def __init__(self): self.log = []
    def __enter__(self):
        self.log.append("in")
        return self
    def __exit__(self, kind, value, trace):
        self.log.append(kind and kind.__name__)
        return True
class Color(enum.Enum):
    RED = 1
    BLUE = 2
class Text(str): pass
class Adder:
    def __call__(self, a, b=1): return a + b
def numbers():
    """Counts."""
    n = 0
    while True:
        got = yield n
        n = n + 1 if got is None else got
def make_counter():
    total = 0
    def count(step=1):
        nonlocal total
        total += step
        return total
    return count
def text(): return Text("abc")
def options(a, /, b, *rest, c=3, **more): return [a, b, list(rest), c, more]
def points(): return {Point(1, 2), Point(1, 2), Point(3)}
def ask(x): return isinstance(x, Point)
def recurse(n): return recurse(n + 1)
`;

describe("handles", () => {
  it("instances, classes, attributes and special methods", async () => {
    const asserts = [
      "s = Stack(1, 2)\nassert len(s) == 2 and list(s) == [1, 2] and s[0] == 1 and s.items == [1, 2]",
      "s = Stack(1)\ns[0] = 5\nassert s.pop() == 5 and not s",
      "s = Stack(1, 2)\ndel s[0]\nassert s.items == [2]\ns.items = [9]\nassert s.top == 9\ndel s.items",
      "assert Stack().push(3, times=2).push(4).items == [3, 3, 4]",
      "assert Stack.of(3).items == [0, 1, 2] and Stack.name() == 'stack' and Stack.count == 0",
      "Stack.count = 4\nassert Stack().count == 4",
      "assert str(Stack(1)) == 'Stack[1]' and f'{Stack(1)}' == 'Stack[1]' and type(Stack()).__name__ == 'Stack'",
      "assert repr(Point(1)) == 'Point(x=1, y=0)'",
      "assert isinstance(Stack(), Stack) and not isinstance(Stack(), Point) and not isinstance(1, Stack)",
      "assert not isinstance(Stack(), list) and not isinstance(text(), str) and not callable(Stack())",
      "assert Adder()(2) == 3 and callable(Adder())",
      "assert Point(1, 2) == Point(1, 2) and Point(1) != Point(2) and Point(1) < Point(2)",
      "assert Point(1) + Point(2, 3) == Point(3, 3) and {Point(1): 5}[Point(1)] == 5 and len(points()) == 2",
      "assert Color.RED is Color.RED and Color.RED.value == 1 and Color(2) is Color.BLUE and Color['RED'].name == 'RED'",
      "assert [c.name for c in Color] == ['RED', 'BLUE'] and Color.RED != Color.BLUE",
      "import copy\na = Stack(1)\nb = copy.deepcopy(a)\nb.push(2)\nassert (a.items, b.items) == ([1], [1, 2])",
      "assert {Color.RED: 1}[Color.RED] == 1 and {Point(1), Point(1)} == {Point(1)} and len({Adder(), Adder()}) == 2",
      "assert LIMIT == 7 and ask(Point(1)) and not ask(Stack())",
      "assert options(1, 2) == [1, 2, [], 3, {}] and options(1, 2, 4, c=[5], d='e') == [1, 2, [4], [5], {'d': 'e'}]",
      "assert numbers.__name__ == 'numbers' and numbers.__doc__ == 'Counts.'",
      "assert not hasattr(Stack(), 'nothing') and getattr(Stack(), 'nothing', 5) == 5",
      "assert issubclass(Stack, Stack) and not issubclass(Stack, Point) and not issubclass(int, Stack)",
      "c = make_counter()\nassert (c(), c(5), make_counter()()) == (1, 6, 1)",
      "import solution\nfrom solution import Stack as Other\nassert Other is solution.Stack is Stack and solution.LIMIT == 7",
      "from unittest import mock\nwith mock.patch('solution.LIMIT', 9):\n    assert solution_limit() == 9\nassert solution_limit() == 7",
      "import solution\nfrom solution import *\nassert Stack is solution.Stack",
    ];
    const tests = "import solution\ndef solution_limit():\n    return solution.LIMIT\n";
    expect(await failures(CANDIDATE, asserts, tests)).toEqual([]);
  });

  it("operators never hand the tests' data over", async () => {
    const refused = "def refused(call):\n    try:\n        call()\n    except TypeError:\n        return True\n";
    const asserts = [
      "assert text() != 'abc' and not text() == 'abc' and not 'abc' == text()",
      "assert refused(lambda: Point(1) < 3) and refused(lambda: Point(1) + 1) and refused(lambda: 1 + Point(1))",
      "assert refused(lambda: 1 in Stack(1)) and not Stack(1) == [1] and [Stack(1)] != [[1]]",
      "try:\n    class Sub(Stack): pass\nexcept TypeError: pass\nelse: assert False",
    ];
    expect(await failures(CANDIDATE, asserts, refused)).toEqual([]);
    const options = { kind: "asserts", names: ["Point"], asserts: ["assert Point(1) == Point(1)"] };
    expect((await judge({ candidate: CANDIDATE, options })).evidence).toEqual(["handles_compared"]);
    const compared = { kind: "asserts", names: ["text"], asserts: ["assert text() == 'abc'"], operators: true };
    expect((await judge({ candidate: CANDIDATE, options: compared })).tests[0]?.status).toBe("passed");
  });

  it("generators are pulled lazily", async () => {
    const asserts = [
      "g = numbers()\nassert [next(g), next(g), g.send(10), next(g)] == [0, 1, 10, 11]",
      "import itertools\nassert list(itertools.islice(numbers(), 4)) == [0, 1, 2, 3]",
      "import types\nassert isinstance(numbers(), types.GeneratorType) and iter(numbers()) is not None",
      "g = numbers()\nnext(g)\ng.close()\nassert list(g) == []",
    ];
    expect(await failures(CANDIDATE, asserts)).toEqual([]);
  });

  it("a context manager of a candidate hides no failure of a test", async () => {
    const report = await judge({
      candidate: CANDIDATE,
      options: {
        kind: "asserts",
        names: ["Manager"],
        asserts: [
          "with Manager() as m:\n    assert False, 'seen'",
          "with Manager() as m: pass\nassert m.log == ['in', None]",
        ],
      },
    });
    expect(report.tests.map(({ status }) => status)).toEqual(["failed", "passed"]);
    expect(report.evidence).toEqual(["suppression_refused"]);
  });

  it("deep recursion of a candidate is its RecursionError", async () => {
    const asserts = ["try:\n    recurse(0)\nexcept RecursionError: pass\nelse: assert False", "assert LIMIT == 7"];
    expect(await failures(CANDIDATE, asserts)).toEqual([]);
  });
});
