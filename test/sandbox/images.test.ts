import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it, type TestContext, vi } from "vitest";
import { systemClock } from "../../src/core/clock.ts";
import { newId } from "../../src/core/ids.ts";
import { DockerProvider, imageStates, prepareImages } from "../../src/sandbox/docker/index.ts";
import { smokeTestFile } from "../../src/sandbox/images/index.ts";
import { readCatalogue, type RunLimits, type Sandbox } from "../../src/sandbox/index.ts";
import { ctx, LIMITS, specOf, text } from "../support/sandboxes.ts";
import { LANGUAGE_PROGRAMS, type LanguagePrograms } from "./support/language-programs.ts";
import { type LanguageRun, runLanguage } from "./support/run-language.ts";

const imagesRoot = join(import.meta.dirname, "../../sandboxes");
const socketPath = "/var/run/docker.sock";
/** The sandbox image that everything else needs is built; the others are tested where they are there. */
const BUILD_ALL = process.env["SANDLOT_TEST_IMAGES"] === "all";

const catalogue = await readCatalogue(imagesRoot);
const names = catalogue.images.map(({ manifest }) => manifest.name);
await prepareImages(ctx, { socketPath, imagesRoot, images: BUILD_ALL ? names : ["python"] });
const states = await imageStates(socketPath, catalogue.images);

const RUN: RunLimits = { ...LIMITS, memoryBytes: 256 << 20, processes: 128, diskBytes: 64 << 20, openFiles: 256 };
const COMPILE: RunLimits = { ...RUN, wallMs: 60_000, cpuMs: 60_000, memoryBytes: 1 << 30, processes: 256 };

it("knows programs of every language", () => {
  expect(Object.keys(LANGUAGE_PROGRAMS).sort()).toEqual(catalogue.languages().map(({ name }) => name));
});

it("says which image is missing, and takes no other runtime for one that is", async () => {
  const owner = { installation: newId("installation"), owner: newId("server") };
  const options = { socketPath, owner, maxAgeMs: 3_600_000, clock: systemClock };
  const root = mkdtempSync(join(tmpdir(), "sandlot-images-"));
  cpSync(imagesRoot, root, { recursive: true });
  writeFileSync(join(root, "ruby", "note"), newId("server"));
  const other = new DockerProvider({ ...options, imagesRoot: root });
  const own = new DockerProvider({ ...options, imagesRoot });
  try {
    const missing = other.create(ctx, { ...specOf(), image: "ruby" });
    await expect(missing).rejects.toMatchObject({ code: "sandbox_image_missing", context: { image: "ruby" } });
    const unknown = own.create(ctx, { ...specOf(), runtime: "none-such" });
    await expect(unknown).rejects.toMatchObject({ code: "sandbox_unsupported" });
    // What fills the toolbox's volume may take a moment longer than the refusal.
    await vi.waitFor(async () => expect(await own.list()).toEqual([]), 5_000);
  } finally {
    other.close();
    own.close();
    rmSync(root, { recursive: true });
  }
});

describe.each(states)("the image $source.manifest.name", ({ source, built }) => {
  const { manifest, folder } = source;
  const owner = { installation: newId("installation"), owner: newId("server") };
  const provider = new DockerProvider({ socketPath, imagesRoot, owner, maxAgeMs: 3_600_000, clock: systemClock });
  let sandbox: Sandbox | null = null;

  beforeAll(async () => {
    if (!built) return;
    sandbox = await provider.create(ctx, {
      ...specOf(),
      image: manifest.name,
      slots: 2,
      memoryBytes: COMPILE.memoryBytes,
      scratchBytes: 128 << 20,
      processes: COMPILE.processes,
    });
  });
  afterAll(async () => {
    if (sandbox) await provider.remove(ctx, sandbox.id);
    expect(await provider.list()).toEqual([]);
    provider.close();
  });

  function sandboxOf(test: TestContext): Sandbox {
    if (!sandbox) test.skip(`not built: sandlot image build ${manifest.name}`);
    return sandbox;
  }

  it("is readable and nothing more, and has no program that lends its owner's rights", async (test) => {
    const find =
      "find / -xdev \\( -type f -perm /6000 -o -perm -2 -not -type l \\) -not -path '/proc/*' -not -path '/workspace*' -not -path '/tmp*' -not -path '/dev/*' -print 2>/dev/null";
    const found = await sandboxOf(test).run(ctx, { program: { argv: ["/bin/sh", "-c", find] }, limits: RUN });
    expect(
      text(found.stdout)
        .split("\n")
        .filter((path) => path !== "" && !/^\/var\/(tmp|lock)|^\/run\/lock/.test(path)),
    ).toEqual([]);
  });

  if (manifest.name === "cpp") {
    it("lets a program under a sanitizer reserve terabytes, and keeps its memory limit", async (test) => {
      const code =
        "#include <cstdlib>\n#include <cstring>\nint main(int n, char**) { for (long i = 0; i < (n > 1 ? 1 << 20 : 1); i++) memset(malloc(1 << 20), 1, 1 << 20); }";
      const flags = ["-g", "-fsanitize=address,undefined", "-o", "main", "main.cpp"];
      const compiled = await sandboxOf(test).run(ctx, {
        program: { argv: ["/usr/bin/g++", ...flags] },
        files: [{ path: "main.cpp", data: Buffer.from(code) }],
        outputs: [{ path: "main", limit: 8 << 20 }],
        limits: COMPILE,
      });
      const files = compiled.files.map(({ path, data }) => ({ path, data, mode: 0o755 }));
      const env = { ASAN_OPTIONS: "detect_leaks=0" };
      const play = (...args: string[]) =>
        sandboxOf(test).run(ctx, { program: { argv: ["./main", ...args] }, files, env, limits: RUN });
      expect(await play()).toMatchObject({ exit: { code: 0 }, limit: null });
      expect(await play("much")).toMatchObject({ limit: "memory" });
    });
  }

  describe.each(Object.keys(manifest.languages))("runs %s", (name) => {
    const resolved = catalogue.resolve(name, manifest.name);
    const programs = LANGUAGE_PROGRAMS[name] as LanguagePrograms;
    const play = (test: TestContext, run: Omit<LanguageRun, "limits"> & { limits?: Partial<RunLimits> }) =>
      runLanguage(sandboxOf(test), resolved, { compileLimits: COMPILE, ...run, limits: { ...RUN, ...run.limits } });

    it("passes its smoke test, and says its version", async (test) => {
      const code = readFileSync(join(folder, smokeTestFile(resolved.language)), "utf8");
      const { compile, run } = await play(test, { code, stdin: "ping\n" });
      expect(compile ? text(compile.stderr) : "").toBe("");
      expect(run?.exit, run ? text(run.stderr) + text(run.stdout) : "").toEqual({ code: 0 });
      expect(built?.versions[name]).toMatch(/\d+\.\d+/);
    });

    it("hands over standard input and arguments", async (test) => {
      const args = name === "pytest" ? [] : ["one", "two"];
      const { compile, run } = await play(test, { code: programs.hello, stdin: "world\n", args });
      expect(compile ? text(compile.stderr) : "").toBe("");
      expect(run && text(run.stdout), run ? text(run.stderr) : "").toContain("hello world one two\n");
      expect(run).toMatchObject({ exit: { code: 0 }, limit: null });
    });

    it("says what is wrong with a program that does not compile", async (test) => {
      const { compile, run } = await play(test, { code: programs.broken.code });
      const last = compile ?? run;
      expect(last && text(last.stderr) + text(last.stdout)).toMatch(programs.broken.says);
      expect(last?.exit).not.toEqual({ code: 0 });
      if (compile) expect(run).toBeNull();
    });

    it("tells failures at run time", async (test) => {
      const { run } = await play(test, { code: programs.failing.code });
      expect(run && text(run.stderr) + text(run.stdout)).toMatch(programs.failing.says);
      expect(run).toMatchObject({ exit: programs.failing.exit, limit: null });
    });

    it("ends an endless program at its processor time", async (test) => {
      const { run } = await play(test, { code: programs.endless, limits: { cpuMs: 1_500, wallMs: 20_000 } });
      expect(run).toMatchObject({ limit: "cpu" });
    });

    it("ends a program that uses memory without end, as that", async (test) => {
      const { run } = await play(test, { code: programs.hungry.code });
      if (run?.limit === null && programs.hungry.says) {
        expect(text(run.stderr) + text(run.stdout)).toMatch(programs.hungry.says);
        expect(run.exit).not.toEqual({ code: 0 });
      } else expect(run).toMatchObject({ limit: "memory" });
    });

    const { frugal } = programs;
    if (frugal === undefined) return;
    it("lets a program reserve much and touch little", async (test) => {
      const { run } = await play(test, { code: frugal });
      expect(run && text(run.stdout), run ? text(run.stderr) : "").toBe("ok\n");
      expect(run?.memoryPeakBytes).toBeLessThan(RUN.memoryBytes);
    });
  });
});
