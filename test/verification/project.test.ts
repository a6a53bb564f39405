import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { ProjectTests } from "../../src/verification/index.ts";
import { ctx } from "../support/sandboxes.ts";
import { type OpenVerifier, openVerifier } from "./support/open-verifier.ts";

const TEST_FILE = `
import pytest

from helpers import numbers
from shop.cart import Cart, total

pytestmark = pytest.mark.usefixtures("quiet")


@pytest.mark.parametrize("price, count, wanted", [(2, 3, 6), (5, 0, 0)])
def test_total(price, count, wanted):
    assert total(price, count) == wanted


class TestCart:
    @pytest.fixture
    def cart(self):
        return Cart(numbers())

    def test_sum(self, cart):
        assert cart.sum() == pytest.approx(6.0)
        assert len(cart) == 3

    def test_negative(self, cart, monkeypatch):
        with pytest.raises(ValueError, match="below 0"):
            cart.add(-1)
        monkeypatch.setattr("shop.cart.LEAST", -5)
        cart.add(-1)
        assert cart.sum() == 5


@pytest.mark.skip(reason="not yet")
def test_skipped():
    assert total(1, 1) == 1


@pytest.mark.xfail
def test_passes_unexpectedly():
    assert total(1, 1) == 1
`;
const CART = `
LEAST = 0


def total(price, count):
    return price * count


class Cart(list):
    def add(self, price):
        if price < LEAST:
            raise ValueError("below 0")
        self.append(price)

    def sum(self):
        return sum(self)
`;
const FILES = {
  "tests/test_cart.py": TEST_FILE,
  "tests/helpers.py": "def numbers():\n    return [1, 2, 3]\n",
  "conftest.py": "import pytest\n\n\n@pytest.fixture\ndef quiet():\n    yield\n",
  "pyproject.toml": '[tool.pytest.ini_options]\naddopts = "--strict-markers"\n',
};
const IDS = ["test_total[2-3-6]", "test_total[5-0-0]", "TestCart::test_sum", "TestCart::test_negative"];
const idOf = (name: string) => `tests/test_cart.py::${name}`;
const TESTS: ProjectTests = { kind: "pytest", files: FILES, expected: IDS.map(idOf), config: "pyproject.toml" };
const HONEST = { "shop/__init__.py": "", "shop/cart.py": CART };

describe("tests of a project", () => {
  let opened: OpenVerifier;
  beforeAll(async () => {
    opened = await openVerifier("docker");
  });
  afterAll(() => opened.close());

  const judge = (project: Record<string, string>, tests = TESTS) =>
    opened.verifier.verify(ctx, {
      code: "",
      language: "python",
      resource: "project",
      project,
      tests,
      limits: {
        cpuMs: 1e4,
        wallMs: 3e4,
      },
    });

  it("pass an honest project, each by its id", async () => {
    const { reward, message, isolation, cases } = await judge(HONEST);
    expect({ reward, message, isolation }).toEqual({ reward: 1, message: "all 4 tests passed", isolation: "shared" });
    expect(cases.map(({ id }) => id)).toEqual(TESTS.expected);
  });

  it("fail by what they assert", async () => {
    const { reward, cases } = await judge({ ...HONEST, "shop/cart.py": CART.replace("* count", "+ count") });
    expect(reward).toBe(0);
    expect(cases.map(({ status }) => status)).toEqual(["wrong_answer", "wrong_answer", "passed", "passed"]);
  });

  it("that are skipped, expected to fail or not there are no passes", async () => {
    const expected = ["test_skipped", "test_passes_unexpectedly", "test_gone", "TestCart::test_sum"].map(idOf);
    const { reward, cases } = await judge(HONEST, { ...TESTS, expected });
    expect(reward).toBe(0);
    expect(cases.map(({ status }) => status)).toEqual(["no_tests", "no_tests", "no_tests", "passed"]);
  });

  it("keep the candidate's configuration and modules from standing in for trusted ones", async () => {
    const hostile = {
      "conftest.py": "raise SystemExit(0)",
      "tests/conftest.py": "raise SystemExit(0)",
      "tests/helpers.py": "raise SystemExit(0)",
      "pytest.ini": "[pytest]\naddopts = --collect-only",
      "tests/test_cart.py": "def test_total(): pass",
      "pytest.py": "raise SystemExit(0)",
      "json.py": "raise SystemExit(0)",
      "tests/inspect.py": "raise SystemExit(0)",
    };
    const { reward, cases } = await judge({ ...HONEST, ...hostile });
    expect(reward).toBe(1);
    expect(cases[0]?.evidence).toContain("tests/conftest.py was left out: it runs beside the tests");
  });

  it("are not passed by a runner that the project has changed", async () => {
    const patched = `${CART}\nimport _pytest.python\n_pytest.python.Function.runtest = lambda self: None\n`;
    expect(await judge({ ...HONEST, "shop/cart.py": patched })).toMatchObject({ reward: 0, reason: "tampered" });
  });

  it("refuse rows whose tests are not trusted, and projects without measure", async () => {
    const untrusted = { ...TESTS, expected: ["tests/test_other.py::test_a"] };
    await expect(judge(HONEST, untrusted)).rejects.toMatchObject({ code: "resource_failed" });
    await expect(judge(HONEST, { ...TESTS, expected: [] })).rejects.toMatchObject({ code: "resource_failed" });
    expect(await judge({ big: "x".repeat(17 << 20) })).toMatchObject({ reward: 0, reason: "disk_limit" });
  });
});
