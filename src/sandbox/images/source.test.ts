import { mkdtempSync, mkdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { folderDigest } from "./digest.ts";
import { fillCommand, fillEnvironment } from "./placeholders.ts";
import { readImageSource, readImageSources } from "./source.ts";

let root = "";
beforeEach(() => (root = mkdtempSync(join(tmpdir(), "sandlot-images-"))));
afterEach(() => rmSync(root, { recursive: true, force: true }));

function lay(name: string, manifest: string): void {
  mkdirSync(join(root, name), { recursive: true });
  writeFileSync(join(root, name, "image.yaml"), manifest);
}

const LANGUAGE = "languages: { x: { version: [x], source: main.x, run: [x] } }";

describe("the source of an image", () => {
  it("is read once, and not remembered when it could not be", async () => {
    await expect(readImageSource(root, "one")).rejects.toMatchObject({ code: "sandbox_image_missing" });
    lay("one", `name: one\ndescription: first\n${LANGUAGE}`);
    expect((await readImageSource(root, "one")).manifest.description).toBe("first");
    lay("one", `name: one\ndescription: second`);
    expect((await readImageSource(root, "one")).manifest.description).toBe("first");
  });

  it("is every folder with a manifest, in order", async () => {
    lay("two", "name: two\ndescription: x");
    lay("one", "name: one\ndescription: x");
    mkdirSync(join(root, "agent"));
    writeFileSync(join(root, "note"), "");
    expect((await readImageSources(root)).map(({ manifest }) => manifest.name)).toEqual(["one", "two"]);
  });

  it.each([
    ["no YAML", "name: [", /Flow sequence/],
    ["another name than its folder's", "name: other\ndescription: x", /name: must be that of its folder, one/],
    ["an unknown key", "name: one\ndescription: x\nlanguagez: {}", /languagez: unknown field/],
    ["both ways to run", `name: one\ndescription: x\n${LANGUAGE.replace("run", "interpreter: y, run")}`, /exactly one/],
    [
      "no such interpreter",
      `name: one\ndescription: x\n${LANGUAGE.replace("run: [x]", "interpreter: y")}`,
      /no interpreter y/,
    ],
    [
      "a launcher for nothing",
      `name: one\ndescription: x\n${LANGUAGE.replace("run", "launcher: y, run")}`,
      /needs an interpreter/,
    ],
    ["a source elsewhere", `name: one\ndescription: x\n${LANGUAGE.replace("main.x", "../x")}`, /languages\.x\.source/],
  ])("is refused with %s", async (_what, manifest, problem) => {
    lay("one", manifest);
    await expect(readImageSource(root, "one")).rejects.toMatchObject({ code: "invalid_config" });
    await expect(readImageSource(root, "one")).rejects.toThrow(problem);
  });
});

describe("the digest of an image", () => {
  it("tells names and contents apart, below folders too, and leaves out what Python leaves behind", async () => {
    const digestOf = (name: string, files: Record<string, string>) => {
      for (const [path, content] of Object.entries(files)) {
        mkdirSync(join(root, name, path, ".."), { recursive: true });
        writeFileSync(join(root, name, path), content);
      }
      return folderDigest(join(root, name));
    };
    const digests = await Promise.all([
      digestOf("a", { "x/y": "1" }),
      digestOf("b", { "x/y": "2" }),
      digestOf("c", { "x/z": "1" }),
      digestOf("d", { "x/y": "1", "x/__pycache__/y.pyc": "3" }),
    ]);
    expect(new Set(digests).size).toBe(3);
    expect(digests[3]).toBe(digests[0]);
  });
});

describe("placeholders of a manifest", () => {
  it("stand for the run's limits, in whole units", () => {
    const limits = { memoryBytes: (64 << 20) + 5 };
    expect(fillCommand(["java", "-Xmx{memory_mib}m", "{memory_mib}{memory_mib}"], limits)).toEqual([
      "java",
      "-Xmx64m",
      "6464",
    ]);
    expect(fillEnvironment({ GOMEMLIMIT: "{memory_mib}MiB", A: "{other}" }, limits)).toEqual({
      GOMEMLIMIT: "64MiB",
      A: "{other}",
    });
  });
});
