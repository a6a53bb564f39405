import { describe, expect, it } from "vitest";
import type { LanguageView } from "../../execution/service.ts";
import { dialectLanguages, imageFor } from "./languages.ts";

const view = (name: string, images = [name], compiled = false): LanguageView => ({
  name,
  aliases: [],
  images,
  compiled,
  sessions: null,
});

describe("languages", () => {
  const languages = dialectLanguages([
    view("typescript", ["javascript"], true),
    view("c"),
    view("cpp", ["cpp"], true),
    view("python", ["python", "python-numerical"]),
  ]);

  it("are those that both sides know, in the dialect's order", () => {
    expect([...languages.keys()]).toEqual(["python", "cpp", "typescript"]);
  });

  it("show their compiler where the original has one", () => {
    expect(languages.get("cpp")?.showsCompiler).toBe(true);
    expect(languages.get("typescript")?.showsCompiler).toBe(false);
  });

  it("have the image with the packages that a program names", () => {
    const python = languages.get("python");
    if (!python) throw new Error("no Python");
    expect(imageFor(python.view, "import numpy as np")).toBe("python-numerical");
    expect(imageFor(python.view, "x = __import__('pandas')")).toBe("python-numerical");
    expect(imageFor(python.view, "import math")).toBeUndefined();
  });
});
