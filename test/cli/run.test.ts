import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { SandlotError } from "../../src/core/errors/sandlot-error.ts";
import { type Cli, createCli } from "./support/harness.ts";

const MODEL = ["--model-url", "http://127.0.0.1:9/v1", "--model", "m"];

function write(cli: Cli, name: string, text: string): void {
  writeFileSync(join(cli.directory, name), text);
}

function read(cli: Cli, name: string): string {
  return readFileSync(join(cli.directory, name), "utf8");
}

test("a job on a server of its own, from the table to the records", async () => {
  const cli = createCli();
  const { code, stdout, stderr } = await cli.run("run", "code_gen", ...MODEL, "--repeats", "2", "--out", "out.jsonl");
  expect(code).toBe(0);
  expect(stderr).toBe("starting the embedded database …\n");
  expect(stdout).toMatchInlineSnapshot(`
    "task         attempts  passed  mean reward  median time  outcomes  failed for
    dry-spell           2    50 %          0.5       150 ms  scored 2  wrong_answer
    ferry-route         2    50 %          0.5       350 ms  scored 2  time_limit

    job          job_1  completed in 41.0 s
    played       code_gen: 2 tasks × 2 attempts with the model default
    requested    4 = scored 4 + truncated 0 + masked 0
    outcomes     scored 4  truncated 0  model_error 0  sandbox_error 0
                 resource_error 0  verifier_error 0  timed_out 0  cancelled 0
    mean reward  0.5
    records      <dir>/out.jsonl (4 lines)
    rollouts     sandlot rollouts list --job job_1
    "
  `);
  expect(cli.events).toEqual(["server plays", "close 20000"]);
  const [config] = cli.started;
  expect(config?.server).toMatchObject({ host: "127.0.0.1", port: 0, api_keys: [{ name: "cli" }] });
  expect(config?.models).toMatchObject({ default: { url: "http://127.0.0.1:9/v1", model: "m" } });
  expect(existsSync(join(cli.directory, ".sandlot", "server.json"))).toBe(false);
  const records = read(cli, "out.jsonl")
    .trimEnd()
    .split("\n")
    .map((line) => JSON.parse(line) as { sequence: number; verdict: object });
  expect(records.map(({ sequence }) => sequence)).toEqual([1, 2, 3, 4]);
  expect(records[0]).toHaveProperty("verdict.tests", 3);
});

test("masked rollouts are exit code 3, and every outcome is counted", async () => {
  const cli = createCli();
  cli.jobs.script = ["pass", "lost", "cut"];
  const { code, stdout } = await cli.run("run", "code_gen", ...MODEL, "--repeats", "3");
  expect(code).toBe(3);
  expect(stdout).toMatchInlineSnapshot(`
    "task         attempts  passed  mean reward  median time  outcomes                          failed for
    dry-spell           3    50 %          0.5       200 ms  scored, sandbox_error, truncated  sandbox_lost, wrong_answer
    ferry-route         3    50 %          0.5       500 ms  scored, sandbox_error, truncated  sandbox_lost, wrong_answer

    job          job_1  completed in 41.0 s
    played       code_gen: 2 tasks × 3 attempts with the model default
    requested    6 = scored 2 + truncated 2 + masked 2
    outcomes     scored 2  truncated 2  model_error 0  sandbox_error 2
                 resource_error 0  verifier_error 0  timed_out 0  cancelled 0
    mean reward  0.5
    rollouts     sandlot rollouts list --job job_1
    "
  `);
});

test("as JSON: one document with the job, its tasks and the file", async () => {
  const cli = createCli();
  const { code, stdout } = await cli.run("run", "code_gen", ...MODEL, "--json");
  expect(code).toBe(0);
  expect(stdout.trimEnd().split("\n")).toHaveLength(1);
  expect(JSON.parse(stdout)).toMatchObject({
    job: { id: "job_1", state: "completed", tally: { requested: 2, scored: 2 } },
    tasks: [
      { task: "dry-spell", attempts: 1, passed: 1, mean_reward: 1, outcomes: { scored: 1 } },
      { task: "ferry-route", attempts: 1, passed: 0, mean_reward: 0, reasons: { wrong_answer: 1 }, median_ms: 200 },
    ],
    out: null,
  });
});

test("options become the submission", async () => {
  const cli = createCli();
  const options = [
    "--tasks",
    "a,b",
    "--dataset",
    "d",
    "--limit",
    "5",
    "--offset",
    "1",
    "--temperature",
    "0.7",
    "--top-p",
    "0.9",
  ];
  const limits = ["--max-output-tokens", "64", "--max-turns", "3", "--max-seconds", "1.5", "--on-truncated", "-1"];
  const { code } = await cli.run(
    "run",
    "e",
    ...MODEL,
    ...options,
    ...limits,
    "--label",
    "k=v",
    "--label",
    "l=",
    "--concurrency",
    "3",
  );
  expect(code).toBe(0);
  expect(JSON.parse(cli.jobs.incoming[0]?.body ?? "")).toEqual({
    environment: "e",
    tasks: { dataset: "d", task_ids: ["a", "b"], offset: 1, limit: 5 },
    sampling: { temperature: 0.7, top_p: 0.9, max_output_tokens: 64 },
    limits: { turns: 3, wall_seconds: 1.5 },
    on_truncated: { value: -1 },
    labels: { k: "v", l: "" },
  });
  expect(cli.started[0]?.worker.concurrency).toBe(3);
});

describe("rows", () => {
  const ROWS = [
    '{"task_id":"a", "n":12345678901234567890,"f":0.0,"x":null,"x":1}',
    '  {"task_id":"b","s":"\\ud800 \u2028é"} ',
  ];

  test("reach the server byte for byte, from a file and from standard input", async () => {
    const cli = createCli();
    write(cli, "rows.jsonl", `\ufeff${ROWS[0]}\r\n\n${ROWS[1]}`);
    expect((await cli.run("run", "math", ...MODEL, "--input", "rows.jsonl")).code).toBe(0);
    const body = `{"environment":"math","tasks":{"rows":[${ROWS.join(",")}]},"sampling":{},"limits":{}}`;
    expect(cli.jobs.incoming[0]?.body).toBe(body);
    cli.stdin = ROWS.join("\n");
    expect((await cli.run("run", "math", ...MODEL, "--input", "-")).code).toBe(0);
    expect(cli.jobs.incoming[1]?.body).toBe(body);
  });

  test.each([
    ['{}\n\n{"a":\n', /error invalid_row \(line 3\): rows\.jsonl: is not JSON/],
    ["{}\n[]", /error invalid_row \(line 2\): rows\.jsonl: is not a JSON object/],
    ["", /rows\.jsonl: holds no rows/],
  ])("%j is refused before anything starts", async (text, message) => {
    const cli = createCli();
    write(cli, "rows.jsonl", text);
    const { code, stderr } = await cli.run("run", "math", ...MODEL, "--input", "rows.jsonl");
    expect(code).toBe(2);
    expect(stderr).toMatch(message);
    expect(cli.events).toEqual([]);
  });

  test("a row that the server refuses is named by its line in the file", async () => {
    const cli = createCli();
    write(cli, "rows.jsonl", '{"a":1}\n\n{"a":2}\n');
    cli.jobs.refusal = new SandlotError("invalid_row", { line: 2, fields: [{ field: "a", problem: "is 2" }] });
    const { code, stderr } = await cli.run("run", "math", ...MODEL, "--input", "rows.jsonl", "--out", "out.jsonl");
    expect(code).toBe(2);
    expect(stderr).toMatch(/error invalid_row \(line 3\): a: is 2/);
    expect(existsSync(join(cli.directory, "out.jsonl"))).toBe(false);
    expect(cli.events.at(-1)).toBe("close 20000");
  });

  test("files that cannot be read, bytes that are no text, and clashing options", async () => {
    const cli = createCli();
    const refused = async (...argv: string[]) => (await cli.run("run", "math", ...MODEL, ...argv)).stderr;
    expect(await refused("--input", "none.jsonl")).toMatch(/--input: cannot read none\.jsonl: ENOENT/);
    writeFileSync(join(cli.directory, "latin1"), Buffer.from([0x7b, 0xe9, 0x7d]));
    expect(await refused("--input", "latin1")).toMatch(/--input: latin1 is not valid UTF-8/);
    expect(await refused("--input", "x", "--tasks", "a")).toMatch(/brings its own rows/);
    expect(await refused("--detach", "--out", "x")).toMatch(/leave out --detach/);
    expect(await refused("--detach")).toMatch(/--detach: needs a running server/);
    expect(cli.events).toEqual([]);
  });
});

describe("--out", () => {
  test("an existing file is refused before anything starts, and stays", async () => {
    const cli = createCli();
    write(cli, "out.jsonl", "precious\n");
    const { code, stderr } = await cli.run("run", "code_gen", ...MODEL, "--out", "out.jsonl");
    expect(code).toBe(2);
    expect(stderr).toMatch(/out\.jsonl exists; pass --overwrite/);
    expect(read(cli, "out.jsonl")).toBe("precious\n");
    expect(cli.events).toEqual([]);
  });

  test("with --overwrite it is replaced once the job is accepted, not before", async () => {
    const cli = createCli();
    write(cli, "out.jsonl", "precious\n");
    const argv = ["run", "code_gen", ...MODEL, "--out", "out.jsonl", "--overwrite"];
    cli.jobs.refusal = new SandlotError("unknown_environment", { name: "code_gen" });
    expect((await cli.run(...argv)).code).toBe(2);
    expect(read(cli, "out.jsonl")).toBe("precious\n");
    expect((await cli.run(...argv)).code).toBe(0);
    expect(read(cli, "out.jsonl").split("\n")).toHaveLength(3);
  });

  test("more records than a page holds", async () => {
    const cli = createCli();
    expect((await cli.run("run", "code_gen", ...MODEL, "--repeats", "25", "--out", "out.jsonl")).code).toBe(0);
    const sequences = read(cli, "out.jsonl")
      .trimEnd()
      .split("\n")
      .map((line) => (JSON.parse(line) as { sequence: number }).sequence);
    expect(sequences).toEqual(Array.from({ length: 50 }, (_, i) => i + 1));
  });
});

describe("models", () => {
  test("one that is not configured is refused before anything starts, with the nearest", async () => {
    const cli = createCli();
    write(cli, "sandlot.yaml", "models:\n  policy: { url: 'http://h/v1', model: m }\n");
    const { code, stderr } = await cli.run("run", "code_gen", "--model", "polcy");
    expect(code).toBe(2);
    expect(stderr).toMatch(/error unknown_model: name polcy, nearest policy/);
    expect((await cli.run("run", "code_gen")).stderr).toMatch(/error unknown_model: name default\n.*--model-url/);
    expect(cli.events).toEqual([]);
    expect((await cli.run("run", "code_gen", "--model", "policy")).code).toBe(0);
    expect(cli.jobs.incoming[0]?.submission.model).toBe("policy");
  });

  test("--model-url takes nothing over from a configured model: its key stays at home", async () => {
    const cli = createCli();
    write(cli, "sandlot.yaml", "models:\n  default: { url: 'http://h/v1', model: m, api_key: secret }\n");
    write(cli, "key", "other\n");
    expect((await cli.run("run", "code_gen", ...MODEL)).code).toBe(0);
    expect(cli.started[0]?.models["default"]?.api_key).toBeUndefined();
    expect((await cli.run("run", "code_gen", ...MODEL, "--model-key-file", "key")).code).toBe(0);
    expect(cli.started[1]?.models["default"]?.api_key).toBe("other");
  });

  test("--model-url without --model asks the endpoint, which must answer", async () => {
    const { code, stderr } = await createCli().run("run", "code_gen", "--model-url", "http://127.0.0.1:1/v1");
    expect(code).toBe(2);
    expect(stderr).toMatch(/--model: is needed: http:\/\/127\.0\.0\.1:<port>\/v1 does not list its models/);
  });
});
