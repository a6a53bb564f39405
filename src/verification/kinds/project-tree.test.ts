import { describe, expect, it } from "vitest";
import { layOver } from "./project-tree.ts";

const TRUSTED = { "tests/test_a.py": "trusted", "pyproject.toml": "trusted" };
const laid = (project: Record<string, string>) => Object.fromEntries(layOver(project, TRUSTED).files);

describe("layOver", () => {
  it("lays trusted files over the candidate's", () => {
    expect(laid({ "a.py": "own", "tests/test_a.py": "own", "pyproject.toml": "own", "tests/data.txt": "own" })).toEqual(
      {
        ...TRUSTED,
        "a.py": "own",
        "tests/data.txt": "own",
      },
    );
  });

  it("leaves out what runs beside tests, configures them or stands for what can be read", () => {
    const paths = ["conftest.py", "tests/conftest.py", "pytest.ini", "tests/.pytest.ini", "sitecustomize.py", "a.pth"];
    const more = ["__pycache__/a.py", "a.pyc", "x-1.dist-info/entry_points.txt", "x.egg-info/PKG-INFO", ".git/HEAD"];
    const project = Object.fromEntries([...paths, ...more].map((path) => [path, "own"]));
    expect(laid(project)).toEqual(TRUSTED);
    expect(layOver(project, TRUSTED).evidence).toHaveLength(paths.length + more.length);
    expect(laid({ "conftest_helpers.py": "own", "mypytest.ini": "own" })).toHaveProperty("conftest_helpers.py");
  });

  it("leaves out paths that lead elsewhere or lie across others", () => {
    const paths = ["/etc/x", "../x", "a/../x", "a//x", "", ".", "x\0y", "\ud800", "n".repeat(201)];
    expect(laid(Object.fromEntries(paths.map((path) => [path, "own"])))).toEqual(TRUSTED);
    expect(laid({ tests: "own", "pyproject.toml/x": "own" })).toEqual(TRUSTED);
    expect(laid({ "b/c": "own", b: "own" })).toEqual({ ...TRUSTED, "b/c": "own" });
    expect(laid({ constructor: "own", __proto__x: "own" })).toMatchObject({ constructor: "own" });
  });

  it("refuses projects without measure", () => {
    const many = Object.fromEntries(Array.from({ length: 5_001 }, (_, i) => [`f${i}`, ""]));
    expect(layOver(many, TRUSTED).problem).toContain("5001 files");
    expect(layOver({ big: "x".repeat(17 << 20) }, TRUSTED).problem).not.toBeNull();
  });
});
