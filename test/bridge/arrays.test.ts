import { spawnSync } from "node:child_process";
import { describe, expect, it } from "vitest";
import { failures } from "./support.ts";

const hasNumpy = spawnSync("python3", ["-c", "import numpy"], { timeout: 20_000 }).status === 0;

const CANDIDATE = `
import numpy as np
def same(x): return x
def mean(x): return x.mean()
def fill(x): x[:] = 7
def objects(): return np.array([object()], dtype=object)
def records(): return np.zeros(2, dtype=[("a", "i4")])
def invert(): return np.linalg.inv(np.zeros((2, 2)))
`;

const SETUP = `
import numpy as np
ARRAYS = [
    np.arange(6).reshape(2, 3), np.array([1.5, np.inf]), np.array([]), np.array(3), np.array(["a", "bcd"]),
    np.array([1 + 2j]), np.array(["2020-01-01"], "M8[D]"), np.zeros((0, 3)), np.array([True]), np.arange(10)[::2],
    np.asfortranarray(np.arange(6).reshape(2, 3)), np.arange(3, dtype=">i4"),
]
`;

describe.skipIf(!hasNumpy)("arrays (needs numpy)", () => {
  it("there and back, with their types and shapes", async () => {
    const asserts = [
      "for a in ARRAYS:\n    b = same(a)\n    assert type(b) is np.ndarray and b.dtype == a.dtype and b.shape == a.shape",
      "for a in ARRAYS:\n    assert (same(a) == a).all()",
      "assert type(mean(np.array([1.0, 2.0]))) is np.float64 and mean(np.array([1.0, 2.0])) == 1.5",
      "a = np.zeros(3)\nfill(a)\nassert (a == 7).all()",
      "assert not isinstance(objects(), np.ndarray) and not isinstance(records(), np.ndarray)",
      "try:\n    invert()\nexcept np.linalg.LinAlgError: pass\nelse: assert False",
    ];
    expect(await failures(CANDIDATE, asserts, SETUP)).toEqual([]);
  });
});
