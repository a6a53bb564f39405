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

test("a shell runs standard input as one program", async () => {
  const shell = (code: string, ...more: string[]) => sandlot(code, "sandbox", "shell", "--provider", "docker", ...more);
  const good = await shell("def f():\n    a = 1\n\n    return a\nprint(f())");
  expect({ code: good.code, stdout: good.stdout.toString() }).toEqual({ code: 0, stdout: "1\n" });
  expect(good.stderr).not.toContain("error");
  const bad = await shell("print(1)\nraise ValueError(2)\nprint(3)\n");
  expect({ code: bad.code, stdout: bad.stdout.toString() }).toEqual({ code: 5, stdout: "1\n" });
  expect(bad.stderr).toContain("ValueError: 2\n");
  expect((await shell("print(1)\nexit()\n")).code).toBe(0);
  const bash = await shell("for i in 1 2; do\n\n  echo $i\ndone\nexit 3\n", "--language", "bash");
  expect({ code: bash.code, stdout: bash.stdout.toString() }).toEqual({ code: 5, stdout: "1\n2\n" });
});
