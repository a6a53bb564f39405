import { spawnSync } from "node:child_process";
import { chmodSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";

const CHECKOUT = join(import.meta.dirname, "../..");
const guide = readFileSync(join(CHECKOUT, "docs/environments.md"), "utf8");

/** The commands of the guide, each with the lines that have to come out. */
const STEPS = Array.from(
  guide.matchAll(/^```sh\n([^]*?)^```\n(?:\n```text\n([^]*?)^```\n)?/gm),
  ([, commands = "", wanted = ""]) => ({ commands, wanted: wanted.split("\n").filter((line) => line !== "") }),
);

const blanks = (text: string) => text.replaceAll(/[ \t]+/g, " ");

describe("docs/environments.md", () => {
  let folder: string;

  beforeAll(() => {
    // The build is npm test's business.
    if (!existsSync(join(CHECKOUT, "dist", "src", "main.js"))) throw new Error("dist/ is missing: npm run build");
    folder = mkdtempSync(join(tmpdir(), "sandlot-guide-"));
    mkdirSync(join(folder, "bin"));
    const program = `#!/bin/sh\nexec ${process.execPath} ${join(CHECKOUT, "bin/sandlot.js")} "$@"\n`;
    writeFileSync(join(folder, "bin/sandlot"), program);
    chmodSync(join(folder, "bin/sandlot"), 0o755);
  });
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  test("has steps that are run", () => {
    expect(STEPS.length).toBeGreaterThan(5);
  });

  // Each step builds on those before it, so a second try of one alone would say nothing.
  test.each(STEPS)("$commands", { retry: 0, timeout: 240_000 }, ({ commands, wanted }) => {
    const foreign = /^(npm_|NODE_|VITEST|SANDLOT_|OPENAI_)/i;
    const env = Object.fromEntries(Object.entries(process.env).filter(([name]) => !foreign.test(name)));
    const path = `${join(folder, "bin")}:${process.env["PATH"]}`;
    const script = `set -euo pipefail\n${commands}`;
    const options = { cwd: folder, env: { ...env, PATH: path }, encoding: "utf8", timeout: 200_000 } as const;
    const { status, stdout, stderr } = spawnSync("bash", ["-c", script], options);
    expect(status, `${stdout}\n${stderr}`).toBe(0);
    const lines = blanks(stdout).split("\n");
    let at = 0;
    for (const line of wanted) {
      const found = lines.findIndex((given, index) => index >= at && given.startsWith(blanks(line)));
      expect(found, `${line}\n\nin:\n${stdout}\n${stderr}`).toBeGreaterThanOrEqual(0);
      at = found + 1;
    }
  });
});
