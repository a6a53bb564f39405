import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { catalogueOf, readCatalogue } from "./catalogue.ts";
import { ImageManifest } from "./manifest.ts";
import type { ImageSource } from "./source.ts";

const plain = { version: ["/bin/x", "--version"], source: "main.x", run: ["/bin/x", "main.x"] };

function image(name: string, languages: Record<string, object>): ImageSource {
  const manifest = ImageManifest.parse({ name, description: "for a test", languages });
  return { manifest, folder: `/images/${name}` };
}

describe("the catalogue of languages", () => {
  const catalogue = catalogueOf([
    image("big", { snake: { ...plain, default: false, aliases: ["boa"] } }),
    image("small", { snake: { ...plain, aliases: ["sn"] }, "c++": plain }),
  ]);

  it("finds a language by name and by every image's aliases, whatever the case", () => {
    for (const name of ["snake", "SN", "boa"]) {
      expect(catalogue.resolve(name)).toMatchObject({ name: "snake", image: { folder: "/images/small" } });
    }
    expect(catalogue.resolve("sn", "big").image.folder).toBe("/images/big");
    expect(catalogue.languages().map(({ name, aliases, images }) => [name, aliases, images.length])).toEqual([
      ["c++", [], 1],
      ["snake", ["boa", "sn"], 2],
    ]);
  });

  it("names the nearest of what it does not know", () => {
    expect(() => catalogue.resolve("snak")).toThrow(
      expect.objectContaining({ code: "unknown_language", context: { name: "snak", nearest: "snake" } }),
    );
    expect(() => catalogue.resolve("snake", "smal")).toThrow(
      expect.objectContaining({ code: "unknown_image", context: { name: "smal", nearest: "small" } }),
    );
    expect(() => catalogue.resolve("c++", "big")).toThrow(expect.objectContaining({ code: "unknown_language" }));
    for (const name of ["__proto__", "constructor", "toString", "x".repeat(1 << 20)]) {
      expect(() => catalogue.resolve(name)).toThrow(expect.objectContaining({ code: "unknown_language" }));
    }
  });

  it("refuses manifests that contradict each other", () => {
    const one = image("one", { snake: plain });
    const refused = /^invalid config: languages\./;
    expect(() => catalogueOf([one, image("two", { snake: plain })])).toThrow(refused);
    expect(() => catalogueOf([image("two", { snake: { ...plain, default: false } })])).toThrow(refused);
    expect(() => catalogueOf([one, image("two", { worm: { ...plain, aliases: ["snake"] } })])).toThrow(refused);
  });

  it("reads the images that ship with Sandlot", async () => {
    const shipped = await readCatalogue(join(import.meta.dirname, "../../../sandboxes"));
    expect(shipped.resolve("py")).toMatchObject({ name: "python", language: { interpreter: "python" } });
    expect(shipped.images.map(({ manifest }) => manifest.name)).not.toContain("agent");
  });
});
