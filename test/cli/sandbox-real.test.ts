import { EventEmitter } from "node:events";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, test } from "vitest";
import { runCli } from "../../src/cli/index.ts";
import { cliServices } from "../../src/compose/services.ts";

const directory = mkdtempSync(join(tmpdir(), "sandlot-cli-"));
afterAll(() => rmSync(directory, { recursive: true, force: true }));

/** The command line as it is, but for its output. */
async function sandlot(stdin: string, ...argv: string[]): Promise<{ code: number; stdout: Buffer; stderr: string }> {
  const stdout: Buffer[] = [];
  const stderr: Buffer[] = [];
  const code = await runCli(argv, {
    services: cliServices,
    stdout: { write: (data) => stdout.push(Buffer.from(data as string)) },
    stderr: { write: (data) => stderr.push(Buffer.from(data as string)) },
    stdin: (async function* () {
      yield Buffer.from(stdin);
    })(),
    signals: new EventEmitter(),
    env: {},
    workingDirectory: directory,
    version: "0.0.0-test",
  });
  return { code, stdout: Buffer.concat(stdout), stderr: Buffer.concat(stderr).toString() };
}

test("a program runs without server and database, byte for byte", async () => {
  const program =
    "import sys\nsys.stdout.buffer.write(bytes(range(256)) + sys.stdin.buffer.read())\nsys.exit(len(sys.argv) - 1)\n";
  writeFileSync(join(directory, "a.py"), program);
  const good = await sandlot("typed", "sandbox", "run", "a.py", "--stdin", "-", "--provider", "docker");
  expect(good.stdout).toEqual(
    Buffer.concat([Buffer.from(Array.from({ length: 256 }, (_, i) => i)), Buffer.from("typed")]),
  );
  expect(good.code).toBe(0);
  expect(good.stderr).toMatch(/^ok {2}\d.*docker, sandlot\/python:\w+, mode [ABC]/m);
  const bad = await sandlot("", "sandbox", "run", "a.py", "--json", "--provider", "local", "--", "x", "-y", "--z");
  expect(bad.code).toBe(5);
  expect(JSON.parse(bad.stdout.toString())).toMatchObject({ status: "runtime_error", exit_code: 3 });
});

test("a shell reads standard input", async () => {
  const lines = "x = [1,\n2]\ndef f():\n    return sum(x)\n\nf()\nprint('seen')\n";
  const { code, stdout, stderr } = await sandlot(lines, "sandbox", "shell", "--provider", "docker");
  expect({ code, stdout: stdout.toString() }).toEqual({ code: 0, stdout: "3\nseen\n" });
  expect(stderr).not.toContain("error");
});
