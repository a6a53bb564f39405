import { describe, expect, it } from "vitest";
import { Fetching, inputFiles } from "./files.ts";
import { Refusal } from "./refusal.ts";

const B = Buffer.from("B").toString("base64");

function refused(files: Record<string, string | null>): string {
  try {
    inputFiles(new Map(Object.entries(files)));
  } catch (error) {
    if (error instanceof Refusal) return error.message;
  }
  throw new Error("taken");
}

describe("files of a request", () => {
  it("are decoded, with names made plain", () => {
    const files = inputFiles(
      new Map(
        Object.entries({
          "./x/./y.txt": B,
          "/workspace/z": "Qg\n==",
          "né 漢.txt": "",
          gone: null,
          "IGNORE_THIS_FILE.txt": B,
          url: "-_-_",
        }),
      ),
    );
    expect(files.map(({ path, data }) => [path, Buffer.from(data as Uint8Array).toString("hex")])).toEqual([
      ["x/y.txt", "42"],
      ["z", "42"],
      ["né 漢.txt", ""],
      ["url", "fbffbf"],
    ]);
  });

  it.each(["", "dir/", "/etc/passwd", "../x", "a/../../x", "a\0b", "."])("are refused under the name %j", (name) => {
    expect(refused({ [name]: B })).toContain("not the name of a file in the workspace");
  });

  it.each(["a", "QQ", "QQ=", "Q===", "Q!==", "é"])("are refused as %j", (content) => {
    expect(refused({ a: content })).toContain("not base64");
  });

  it("are refused when they clash", () => {
    expect(refused({ a: B, "./a": B })).toContain("another file has this path");
    expect(refused({ a: B, "a/b": B })).toContain("folder");
  });
});

describe("files to fetch", () => {
  const file = (path: string, status: "ok" | "missing" | "refused" | "too_large" = "ok") => ({
    path,
    status,
    data: Buffer.from(status === "ok" ? "x" : ""),
  });

  it("come back under every name they were asked for by", () => {
    const fetching = new Fetching(["a", "./a", "d/../a", "/workspace/a", "/etc/passwd", "../x", "", "b"]);
    expect(fetching.outputs().map(({ path }) => path)).toEqual(["a", "b"]);
    const { files, notes } = fetching.answer([file("a"), file("b", "missing")]);
    expect(files).toEqual({ a: "eA==", "./a": "eA==", "d/../a": "eA==", "/workspace/a": "eA==" });
    expect(notes).toEqual(['not fetched, since outside the workspace: "/etc/passwd", "../x", ""']);
  });

  it("are spoken of when they are there and left out", () => {
    const { files, notes } = new Fetching(["a", "b"]).answer([file("a", "refused"), file("b", "too_large")]);
    expect(files).toEqual({});
    expect(notes).toHaveLength(2);
  });

  it("are named when they are outside the workspace, up to a bound", () => {
    const fetching = new Fetching(["a", ...Array.from({ length: 1000 }, () => `/${"x".repeat(10_000)}`)]);
    const [note = "", ...others] = fetching.answer([file("a")]).notes;
    expect(others).toEqual([]);
    expect(note.length).toBeLessThan(2500);
    expect(note).toMatch(/ and 990 more$/);
    expect(fetching.refused()).toEqual([note]);
    expect(new Fetching(["a"]).refused()).toEqual([]);
  });

  it("are at most as many as a sandbox gives", () => {
    expect(() => new Fetching(Array.from({ length: 65 }, (_, i) => `f${i}`))).toThrow("at most 64 files");
    expect(
      () => new Fetching(Array.from({ length: 64 }, (_, i) => `${i}/${`${"x".repeat(200)}/`.repeat(4)}x`)),
    ).toThrow("at most 64 files");
  });
});
