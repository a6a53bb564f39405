import { spawn, type ChildProcess } from "node:child_process";
import { closeSync, mkdtempSync, openSync, realpathSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Writable } from "node:stream";
import { setTimeout as sleep } from "node:timers/promises";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { NODE_PROGRAMS, type NodeProgram } from "./support/node-programs.ts";

const SPARE = join(import.meta.dirname, "../../sandboxes/javascript/spare.cjs");

let folder = "";
beforeEach(() => (folder = realpathSync(mkdtempSync(join(tmpdir(), "sandlot-spare-")))));
afterEach(() => rmSync(folder, { recursive: true, force: true }));

interface Ending {
  readonly code: number | null;
  readonly signal: string | null;
  readonly stdout: string;
  readonly stderr: string;
}

const env = () => ({ PATH: process.env["PATH"] ?? "", HOME: folder, LANG: "C.UTF-8", GREETING: "grüß" });

function lay({ code, files = {}, stdin = "" }: NodeProgram): void {
  for (const [name, content] of Object.entries({ ...files, "main.js": code }))
    writeFileSync(join(folder, name), content);
  writeFileSync(join(folder, "stdin"), stdin);
}

/** Starts Node in the folder with the program's standard input from a file, as the agent does. */
function start(argv: readonly string[], environment: NodeJS.ProcessEnv): ChildProcess {
  const stdin = openSync(join(folder, "stdin"), "r");
  const stdio = [stdin, "pipe", "pipe", "pipe"] as const;
  const child = spawn(process.execPath, argv, { cwd: folder, env: environment, stdio: [...stdio] });
  closeSync(stdin);
  return child;
}

async function ended(child: ChildProcess): Promise<Ending> {
  let stdout = "";
  let stderr = "";
  child.stdout?.on("data", (data) => (stdout += String(data)));
  child.stderr?.on("data", (data) => (stderr += String(data)));
  const [code, signal] = await new Promise<[number | null, string | null]>((resolve) =>
    child.once("close", (...how) => resolve(how)),
  );
  return { code, signal, stdout, stderr: stderr.replaceAll(/\(node:\d+\)/g, "(node:N)") };
}

async function runPlain(program: NodeProgram): Promise<Ending> {
  const child = start(["main.js", ...(program.args ?? [])], env());
  // A program of its own has no such descriptor.
  (child.stdio[3] as Writable).destroy();
  return ended(child);
}

async function runSpare(program: NodeProgram, source = "main.js"): Promise<Ending> {
  const child = start(["--require", SPARE, join(folder, "main.js")], {});
  const ending = ended(child);
  await sleep(200);
  const orders = child.stdio[3] as Writable;
  orders.on("error", () => undefined);
  orders.write(`${JSON.stringify({ source, args: program.args ?? [], env: env() })}\n`);
  return ending;
}

describe("a spare Node runs a program as Node itself does:", () => {
  it.each(Object.entries(NODE_PROGRAMS))("%s", async (_name, program) => {
    lay(program);
    const plain = await runPlain(program);
    lay(program);
    expect(await runSpare(program)).toEqual(plain);
  });
});

describe("a spare Node", () => {
  it("ends well when no order comes", async () => {
    lay({ code: "console.log('never')" });
    const child = start(["--require", SPARE, join(folder, "main.js")], {});
    const ending = ended(child);
    (child.stdio[3] as Writable).end();
    expect(await ending).toEqual({ code: 0, signal: null, stdout: "", stderr: "" });
  });

  it("takes an order that comes in pieces and is longer than a pipe", async () => {
    const args = ["x".repeat(200_000), "\n"];
    lay({ code: "console.log(process.argv[2].length, JSON.stringify(process.argv[3]))", args });
    const child = start(["--require", SPARE, join(folder, "main.js")], {});
    const ending = ended(child);
    const order = Buffer.from(`${JSON.stringify({ source: "main.js", args, env: {} })}\n`);
    const orders = child.stdio[3] as Writable;
    orders.write(order.subarray(0, 10));
    await sleep(50);
    orders.write(order.subarray(10));
    expect(await ending).toMatchObject({ code: 0, stdout: '200000 "\\n"\n' });
  });

  it("leaves the descriptor of its orders to nobody", async () => {
    lay({
      code: "const fs = require('fs'); console.log(fs.existsSync('/proc/self/fd/3') ? fs.readlinkSync('/proc/self/fd/3') : '')",
    });
    // Node may have taken the number again for something of its own, never for a pipe of orders.
    expect((await runSpare({ code: "" })).stdout).not.toMatch(/socket|pipe/);
  });

  it("maps the traces of compiled programs to their source", async () => {
    const map = {
      version: 3,
      sources: ["main.ts"],
      names: [],
      mappings: "AAAA;AACA;AACA",
      sourcesContent: ["a\nb\nc"],
    };
    const comment = `//# sourceMappingURL=data:application/json;base64,${Buffer.from(JSON.stringify(map)).toString("base64")}`;
    lay({ code: `throw new Error("x");\n${comment}` });
    expect((await runSpare({ code: "" }, "main.ts")).stderr).toContain(`${join(folder, "main.ts")}:1`);
    expect((await runSpare({ code: "" })).stderr).not.toContain("main.ts");
  });
});
