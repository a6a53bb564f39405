import { EventEmitter } from "node:events";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { runCli } from "../../src/cli/index.ts";
import { type Client, createClient, type VerificationEvent } from "../../src/client/index.ts";
import { startSandboxServer } from "../../src/compose/sandbox-server.ts";
import { cliServices } from "../../src/compose/services.ts";
import { loadConfig } from "../../src/config/index.ts";
import type { VerifyResult } from "../../src/contract/verification.ts";
import { silentLogger } from "../../src/core/logger.ts";
import { squareAnswer, squareRow } from "../support/rows.ts";

const FIXTURES = join(import.meta.dirname, "../../environments/code_gen/fixtures/leap-census");
const fixture = (name: string) => `\`\`\`python\n${readFileSync(join(FIXTURES, `${name}.py`), "utf8")}\n\`\`\``;
const directory = mkdtempSync(join(tmpdir(), "sandlot-verify-"));
const KEYS = [
  { name: "all", key: "a".repeat(32), tenant: "default", scopes: ["jobs", "hidden_tests", "sandboxes"] },
  { name: "some", key: "b".repeat(32), tenant: "default", scopes: ["jobs"] },
  { name: "none", key: "c".repeat(32), tenant: "default", scopes: ["sandboxes"] },
];
let server: Awaited<ReturnType<typeof startSandboxServer>>;
let clients: Record<"all" | "some" | "none", Client>;

beforeAll(async () => {
  const flag = (path: string, value: unknown) => ({ path: path.split("."), value, flag: `--${path}` });
  const { config } = loadConfig({
    env: {},
    workingDirectory: directory,
    flags: [
      flag("data_dir", directory),
      flag("server.port", 0),
      flag("server.api_keys", KEYS),
      flag("sandbox.provider", "local"),
      flag("sandbox.slots_per_sandbox", 2),
    ],
  });
  server = await startSandboxServer({ config, logger: silentLogger });
  const [all, some, none] = KEYS.map(({ key }) => createClient({ url: server.url, apiKey: key }));
  if (!all || !some || !none) throw new Error("three keys");
  clients = { all, some, none };
});
afterAll(async () => {
  await Promise.all(Object.values(clients ?? {}).map((client) => client.close()));
  await server?.close(1_000);
  rmSync(directory, { recursive: true, force: true });
});

const single = (answer: VerifyResult | { items: unknown }): VerifyResult => {
  if ("items" in answer) throw new Error("a batch was answered");
  return answer;
};

describe("POST /api/v1/verify over real sandboxes", () => {
  it("judges a task's answer, right and wrong", async () => {
    const item = { environment: "code_gen", task: "leap-census" };
    const right = single(await clients.all.verify({ ...item, answer: fixture("reference") }));
    expect(right).toMatchObject({
      task_id: "leap-census",
      outcome: "scored",
      reward: 1,
      masked: false,
      reason: null,
      error: null,
    });
    expect(right.verdict?.cases.every(({ status }) => status === "passed")).toBe(true);
    const wrong = single(await clients.all.verify({ ...item, answer: fixture("wrong-gregorian") }));
    expect(wrong).toMatchObject({
      outcome: "scored",
      reward: 0,
      reason: "wrong_answer",
      verdict: { sandbox: { provider: "local" } },
    });
    const failed = wrong.verdict?.cases.at(-1);
    expect(failed?.expected).toEqual(expect.any(String));
    const marked = /^1 \| \d+\n {2}\| +\^/;
    expect(failed?.difference).toEqual({
      output: expect.stringMatching(marked) as string,
      expected: expect.stringMatching(marked) as string,
    });
  });

  it("shows what is expected to those alone who may see it", async () => {
    const item = { environment: "code_gen", task: "leap-census", answer: fixture("wrong-gregorian") };
    const { verdict } = single(await clients.some.verify(item));
    expect(verdict?.cases.map(({ input, expected, difference }) => [input, expected, difference])).toEqual(
      verdict?.cases.map(() => [null, null, null]),
    );
    await expect(clients.none.verify(item)).rejects.toMatchObject({ code: "forbidden" });
  });

  it("takes a row and a response as they are", async () => {
    const content = [{ type: "output_text", text: squareAnswer(true) }];
    const response = {
      id: "r",
      object: "response" as const,
      model: "m",
      output: [{ type: "message", role: "assistant", content }],
    };
    const row = { ...squareRow("big").value };
    const result = single(await clients.all.verify({ environment: "code_gen", row, response }));
    expect(result).toMatchObject({ task_id: "big", reward: 1 });
    // Numbers beyond 2^53 survive only as text.
    const exact = squareRow("exact").raw.replace("{", '{"hash_id": 123456789012345678901234567890,');
    const body = `{"environment":"code_gen","row":${exact},"answer":${JSON.stringify(squareAnswer(true))}}`;
    expect(single(await clients.all.verify(body)).reward).toBe(1);
  });

  it("judges a batch in the order of the request, and tells a stream as it goes", async () => {
    const items = Array.from({ length: 12 }, (_, i) => ({
      row: { ...squareRow(`task-${i}`).value },
      answer: squareAnswer(i % 3 !== 0),
    }));
    const batch = await clients.all.verify({ environment: "code_gen", items });
    if (!("items" in batch)) throw new Error("a batch was sent");
    expect(batch).toMatchObject({ requested: 12, scored: 12, masked: 0, mean_reward: 8 / 12 });
    expect(batch.items.map(({ task_id, reward }) => [task_id, reward])).toEqual(
      items.map((_, i) => [`task-${i}`, i % 3 === 0 ? 0 : 1]),
    );
    const events: VerificationEvent[] = [];
    for await (const event of clients.some.streamVerify({ environment: "code_gen", items })) events.push(event);
    expect(events.at(-1)).toEqual({
      type: "end",
      tally: { requested: 12, scored: 12, masked: 0, mean_reward: 8 / 12 },
    });
    const seen = events.flatMap((event) => (event.type === "result" ? [event.result] : []));
    expect(seen.map(({ index }) => index).sort((a, b) => a - b)).toEqual(items.map((_, i) => i));
    for (const { index, reward } of seen) expect(reward).toBe(index % 3 === 0 ? 0 : 1);
  });
});

describe("sandlot verify", () => {
  async function sandlot(stdin: string, ...argv: string[]) {
    const written = { stdout: "", stderr: "" };
    const code = await runCli([...argv, "--url", server.url], {
      services: cliServices,
      stdout: { write: (data) => (written.stdout += String(data)) },
      stderr: { write: (data) => (written.stderr += String(data)) },
      stdin: (async function* () {
        yield Buffer.from(stdin);
      })(),
      signals: new EventEmitter(),
      env: { SANDLOT_API_KEY: KEYS[0]?.key },
      workingDirectory: directory,
      version: "0.0.0-test",
    });
    return { code, ...written };
  }
  const task = ["verify", "code_gen", "--task", "leap-census"];

  it("shows outcome, reward, tests and the first difference", async () => {
    const right = await sandlot("", ...task, "--answer", join(FIXTURES, "reference.py"));
    expect(right).toMatchObject({ code: 0, stderr: "" });
    expect(right.stdout).toMatch(/^outcome {3}scored\nreward {4}1$/m);
    const wrong = await sandlot(fixture("wrong-gregorian"), ...task, "--answer", "-");
    expect(wrong.code).toBe(5);
    expect(wrong.stdout).toMatch(/^reward {4}0\nreason {4}wrong_answer: /m);
    expect(wrong.stdout).toMatch(/^first failure: test \d+\n {2}input\n[^]* {2}expected\n[^]* {2}output\n/m);
    expect(wrong.stdout).toMatch(/^ {2}first difference, in the output\n {4}\d+ \| .*$[^]*^ {6}\| +\^$/m);
    expect(wrong.stdout).toMatch(/^ {2}first difference, in what is expected\n {4}\d+ \| /m);
    const machine = await sandlot(fixture("reference"), ...task, "--answer", "-", "--json");
    expect(JSON.parse(machine.stdout)).toMatchObject({ outcome: "scored", reward: 1 });
  });

  it("takes rows and responses from files", async () => {
    writeFileSync(join(directory, "row.json"), squareRow("mine").raw);
    const answer = squareAnswer(true);
    const row = await sandlot(answer, "verify", "code_gen", "--row", "row.json", "--answer", "-");
    expect(row).toMatchObject({ code: 0 });
    const message = { type: "message", role: "assistant", content: [{ type: "output_text", text: answer }] };
    writeFileSync(
      join(directory, "response.json"),
      JSON.stringify({ id: "r", object: "response", model: "m", output: [message] }),
    );
    expect((await sandlot("", "verify", "code_gen", "--row", "row.json", "--response", "response.json")).code).toBe(0);
  });

  it("refuses what does not go together", async () => {
    writeFileSync(join(directory, "broken.json"), '{"a": 1}, "answer": "x"');
    for (const [argv, text] of [
      [["verify", "code_gen", "--answer", "-"], "--task"],
      [[...task, "--row", "row.json", "--answer", "-"], "--task"],
      [task, "--answer"],
      [["verify", "code_gen", "--row", "-", "--answer", "-"], "standard input"],
      [["verify", "code_gen", "--row", "broken.json", "--answer", "-"], "--row: is not JSON"],
      [["verify", "code_gen", "--task", "leap-censu", "--answer", "-"], "nearest leap-census"],
    ] as const) {
      const { code, stderr } = await sandlot("x", ...argv);
      expect(code, argv.join(" ")).toBe(2);
      expect(stderr).toContain(text);
    }
  });
});
