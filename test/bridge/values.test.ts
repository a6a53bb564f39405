import { describe, expect, it } from "vitest";
import { failures } from "./support.ts";

const CANDIDATE = `
import sys
def same(x): return x
def shown(x): return repr(x)
def kind(x): return type(x).__name__
def wrap(x): return [x]
def twice(x): return (x, {"again": x})
def cycle():
    x = []
    x.append(x)
    return x
def deep(n):
    x = 0
    for _ in range(n):
        x = (x,)
    return x
def wide(): return [[] for _ in range(2_500_000)]
def huge(): return 10 ** 200_000
def long(n): return "x" * n
def missing_numpy(): return "numpy" not in sys.modules
`;

/** Expressions that must come back as equal values of the same types, with the same representation. */
const PLAIN = [
  "None, True, False, Ellipsis, NotImplemented",
  "0, -1, 2**63, -2**64, 2**64 + 1, 10**4000, -10**20000",
  "0.0, -0.0, 1e308, 5e-324, 0.1 + 0.2, float('inf'), -float('inf')",
  "1j, complex(-0.0, 2.5)",
  "'', 'abc', 'grüß', '\\U0001f600', '\\ud83d', '\\ud83d\\ude00', '\\x00\\u2028', '\\\"\\\\'",
  "b'', b'\\x00\\xff', bytearray(b'ab')",
  "[], [[]], [1, 'a', None, [2.5, True]], list(range(1000)), [[1, 2], [3, 4]]",
  "(), (1,), ((1, 2), [3])",
  "{}, {'a': 1}, {1: 'a', (2, 3): [4], None: {}, 'd': {'x': 0}, 1.5: True}",
  "set(), {1, 2, 3}, frozenset({'a', ('b', 1)})",
  "range(3), range(10, 0, -3), slice(1, None, 2)",
  "Fraction(1, 3), Decimal('1.10'), Decimal('NaN'), Decimal('-Infinity')",
  "datetime.date(2024, 2, 29), datetime.time(1, 2, 3, 4, fold=1), datetime.timedelta(-1, 2, 3)",
  "datetime.datetime(2024, 1, 2, 3, 4, 5, 6), datetime.datetime(2024, 1, 2, tzinfo=datetime.timezone.utc)",
  "datetime.timezone(datetime.timedelta(hours=5, minutes=30))",
  "deque([1, 2], 5), deque(), OrderedDict([('b', 1), ('a', 2)]), Counter('hello'), defaultdict(list, {'a': [1]})",
  "int, str, type(None), ValueError, ZeroDivisionError, len, sorted",
  "[{'list': [1, (2, {3})], 'text': 'x'}] * 3",
  "{'t': 1}, {'h': [1]}, {'a': 0}, {'p': 3}",
];

const SETUP = `
import collections, datetime, math, sys
from collections import Counter, OrderedDict, defaultdict, deque
from decimal import Decimal
from fractions import Fraction
if hasattr(sys, "set_int_max_str_digits"):
    sys.set_int_max_str_digits(0)
def check_same(values):
    for value in values:
        result = same(value)
        assert type(result) is type(value), (value, result)
        assert repr(result) == repr(value), (value, result)
        assert repr(wrap((value,))) == repr([(value,)]), value
    assert repr(same(list(values))) == repr(list(values))
`;

describe("plain values", () => {
  it("there and back, with their types", async () => {
    expect(
      await failures(
        CANDIDATE,
        PLAIN.map((values) => `check_same((${values},))`),
        SETUP,
      ),
    ).toEqual([]);
  });

  it("as the candidate sees them", async () => {
    const asserts = [
      "assert math.isnan(same(float('nan'))) and math.copysign(1, same(-0.0)) == -1",
      "assert shown((1, 'a', {2: b'x'})) == \"(1, 'a', {2: b'x'})\"",
      "assert kind(True) == 'bool' and kind(1) == 'int' and kind(Decimal(1)) == 'Decimal'",
      "assert list(same({3: 1, 1: 2, 2: 3})) == [3, 1, 2]",
      "assert twice([1]) == ([1], {'again': [1]})",
      "assert isinstance(same([1]), list) and isinstance(same('a'), str) and not isinstance(same([1]), tuple)",
    ];
    expect(await failures(CANDIDATE, asserts, SETUP)).toEqual([]);
  });

  it("what cannot cross is a typed error, and the next call works", async () => {
    const bad =
      "def refused(call):\n    try:\n        call()\n    except Exception as error:\n        return type(error).__name__ + str(error)\n";
    const asserts = [
      "assert deep(199) == deep(199)",
      "x = []; x.append(x)\nassert 'CrossingError' in refused(lambda: same(x))",
      "assert 'CandidateErrorCrossingError' in refused(cycle)",
      "assert 'CandidateErrorCrossingError' in refused(lambda: deep(300))",
      "assert 'CandidateErrorCrossingError' in refused(wide)",
      "assert 'CandidateErrorCrossingError' in refused(huge)",
      "assert 'CandidateErrorTooLarge' in refused(lambda: long(1 << 26))",
      "assert len(long(1 << 25)) == 1 << 25",
      "assert same(1) == 1",
    ];
    expect(await failures(CANDIDATE, asserts, SETUP + bad)).toEqual([]);
  });
});
