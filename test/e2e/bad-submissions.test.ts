import { mkdtemp, rm } from "node:fs/promises";
import { request as httpRequest } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { createClient } from "../../src/client/index.ts";
import { startPlatform } from "../../src/compose/platform.ts";
import { cliServices } from "../../src/compose/services.ts";
import { type Config, loadConfig } from "../../src/config/index.ts";
import type { RunningServer } from "../../src/cli/services.ts";
import type { ErrorBody } from "../../src/contract/errors.ts";
import type { Job } from "../../src/contract/jobs.ts";
import type { RolloutPage } from "../../src/contract/rollouts.ts";
import type { FieldProblem } from "../../src/core/errors/contexts.ts";
import { silentLogger } from "../../src/core/logger.ts";
import { ctx } from "../support/platform.ts";
import { squareRow } from "../support/rows.ts";

const RED = "red-key-0123456789";
const BLUE = "blue-key-0123456789";

interface Reply {
  readonly status: number;
  readonly text: string;
  readonly error: ErrorBody["error"];
  /** The body, when it is a job. */
  readonly job: Job;
}

interface Sending {
  readonly method?: string;
  readonly path?: string;
  readonly body?: string | Buffer;
  readonly headers?: Record<string, string>;
}

describe("submissions over HTTP", () => {
  let server: RunningServer;
  let config: Config;

  beforeAll(async () => {
    const dataDir = await mkdtemp(join(tmpdir(), "sandlot-bad-"));
    const flag = (path: string, value: unknown) => ({ path: path.split("."), value, flag: `--${path}` });
    ({ config } = loadConfig({
      env: {},
      workingDirectory: dataDir,
      flags: [
        flag("data_dir", dataDir),
        flag("server.port", 0),
        flag("server.api_keys", [
          { name: "red", key: RED, tenant: "red" },
          { name: "blue", key: BLUE, tenant: "blue" },
        ]),
        // Nothing is played here: the rollouts stay queued.
        flag("worker.enabled", false),
        flag("models.default.url", "http://127.0.0.1:9"),
        flag("models.default.model", "none"),
      ],
    }));
    server = await cliServices.startServer({ config, logger: silentLogger });
  });
  afterAll(async () => {
    await server?.close(1_000);
    await rm(config.data_dir, { recursive: true, force: true });
  });

  /** As raw as Node sends: `fetch` would not let a test choose Host or Origin. */
  function send({ method = "POST", path = "/api/v1/jobs", body = "", headers = {} }: Sending): Promise<Reply> {
    const given = { authorization: `Bearer ${RED}`, ...(body === "" ? {} : { "content-type": "application/json" }) };
    return new Promise((resolve, reject) => {
      const outgoing = httpRequest(
        `${server.url}${path}`,
        { method, headers: { ...given, ...headers } },
        (incoming) => {
          const chunks: Buffer[] = [];
          incoming.on("data", (chunk: Buffer) => chunks.push(chunk));
          incoming.on("end", () => {
            const text = Buffer.concat(chunks).toString("utf8");
            const parsed = JSON.parse(text) as ErrorBody & Job;
            resolve({ status: incoming.statusCode ?? 0, text, error: parsed.error, job: parsed });
          });
        },
      );
      outgoing.on("error", reject);
      outgoing.end(body);
    });
  }

  const submit = (job: unknown) => send({ body: JSON.stringify(job) });
  const fieldsOf = (reply: Reply) => reply.error.context["fields"] as FieldProblem[];

  /** Nothing that was refused has left a job behind. */
  async function jobCount(): Promise<number> {
    const { items } = JSON.parse((await send({ method: "GET" })).text) as { items: Job[] };
    return items.length;
  }

  it.each([
    ["malformed JSON", '{"environment":"code_gen"'],
    ["a JSON with a trailing comma", '{"environment":"code_gen",}'],
    ["NaN", '{"environment":"code_gen","repeats":NaN}'],
    ["nothing", ""],
  ])("%s is refused as such", async (_name, body) => {
    const reply = await send({ body, headers: { "content-type": "application/json" } });
    expect([reply.status, reply.error.code]).toEqual([400, "invalid_json"]);
    expect(reply.error.hint).not.toBe("");
  });

  it.each([
    ["environment", { environment: "code_gne" }, "unknown_environment", { name: "code_gne", nearest: "code_gen" }],
    ["environment that is near to none", { environment: "zzzz" }, "unknown_environment", { name: "zzzz" }],
    ["environment outside its folder", { environment: "../src" }, "unknown_environment", { name: "../src" }],
    ["model", { environment: "code_gen", model: "defualt" }, "unknown_model", { name: "defualt", nearest: "default" }],
    [
      "task",
      { environment: "code_gen", tasks: { task_ids: ["word-shapes", "word-shpaes"] } },
      "unknown_task",
      { name: "word-shpaes", nearest: "word-shapes" },
    ],
    [
      "dataset",
      { environment: "code_gen", tasks: { dataset: "nope" } },
      "not_found",
      { kind: "dataset", id: "code_gen/nope" },
    ],
  ])("an unknown %s is named, with the nearest known one", async (_name, job, code, context) => {
    const before = await jobCount();
    const reply = await submit(job);
    expect(reply.error).toMatchObject({ code, context });
    expect(reply.status).toBe(code === "not_found" ? 404 : 400);
    expect(Object.keys(reply.error.context).sort()).toEqual(Object.keys(context).sort());
    expect(await jobCount()).toBe(before);
  });

  it.each([
    ["repeats", -1],
    ["repeats", 0],
    ["repeats", 1e12],
    ["repeats", "4"],
    ["limits.turns", 0],
    ["limits.turns", -5],
    ["limits.turns", 1e9],
    ["limits.turns", 1.5],
    ["limits.tool_calls", 0],
    ["limits.tokens", -1],
    ["limits.tokens", 1e300],
    ["limits.wall_seconds", 0],
    ["limits.wall_seconds", -0.1],
    ["limits.wall_seconds", 1e15],
    ["limits.wall_seconds", null],
    ["sampling.temperature", -1],
    ["sampling.top_p", 0],
    ["sampling.max_output_tokens", 0],
    ["priority", 1e6],
    ["tasks.limit", 0],
    ["tasks.offset", -1],
    ["on_truncated", "ignore"],
  ])("%s = %j is refused by name", async (field, value) => {
    const [first = "", second] = field.split(".");
    const inner = second === undefined ? value : { [second]: value };
    const reply = await submit({ environment: "code_gen", [first]: inner });
    expect([reply.status, reply.error.code]).toEqual([400, "invalid_request"]);
    expect(new Set(fieldsOf(reply).map((problem) => problem.field))).toEqual(new Set([field]));
  });

  it.each(["1e999", "-1e999"])("a number beyond all numbers (%s) is refused by name", async (number) => {
    const reply = await send({ body: `{"environment":"code_gen","limits":{"wall_seconds":${number}}}` });
    expect([reply.status, reply.error.code]).toEqual([400, "invalid_request"]);
    expect(fieldsOf(reply).map((problem) => problem.field)).toEqual(["limits.wall_seconds"]);
  });

  it("unknown fields are refused by name, all at once", async () => {
    const reply = await submit({ environment: "code_gen", repeat: 2, limits: { turn: 1 }, tasks: { row: [] } });
    expect(fieldsOf(reply)).toEqual(
      expect.arrayContaining([
        { field: "repeat", problem: "unknown field" },
        { field: "limits.turn", problem: "unknown field" },
        { field: "tasks.row", problem: "unknown field" },
      ]),
    );
  });

  it.each([
    ["no rows", { rows: [] }, "tasks.rows"],
    ["rows and a dataset", { rows: [squareRow("a").value], dataset: "tasks" }, "tasks.rows"],
    ["no task ids", { task_ids: [] }, "tasks.task_ids"],
    ["an offset behind the last task", { offset: 28 }, "tasks"],
  ])("a selection of %s is refused", async (_name, tasks, field) => {
    const reply = await submit({ environment: "code_gen", tasks });
    expect([reply.status, reply.error.code]).toEqual([400, "invalid_request"]);
    expect(fieldsOf(reply).map((problem) => problem.field)).toEqual([field]);
  });

  const good = squareRow("good").value;
  const withTests = (unit_tests: unknown) => ({ ...good, verifier_metadata: { unit_tests } });
  it.each([
    ["without a prompt", { verifier_metadata: good["verifier_metadata"] }, ["responses_create_params"]],
    ["without tests", { responses_create_params: good["responses_create_params"] }, ["verifier_metadata"]],
    ["with no tests", withTests({ inputs: [], outputs: [] }), ["verifier_metadata.unit_tests.inputs"]],
    [
      "with more inputs than outputs",
      withTests({ inputs: ["1", "2"], outputs: ["1"] }),
      ["verifier_metadata.unit_tests.outputs"],
    ],
    [
      "whose tests are no texts",
      withTests({ inputs: [3], outputs: ["9"] }),
      ["verifier_metadata.unit_tests.inputs[0]"],
    ],
    [
      "whose function test is no JSON",
      withTests({ inputs: ["1"], outputs: ["{"], fn_name: "f" }),
      ["verifier_metadata.unit_tests.outputs[0]"],
    ],
    [
      "with a time limit of nothing",
      {
        ...good,
        verifier_metadata: { ...(good["verifier_metadata"] as object), limits: { time_seconds: 0 } },
      },
      ["verifier_metadata.limits.time_seconds"],
    ],
    [
      "whose tools have no type",
      { ...good, responses_create_params: { input: "x", tools: [{}] } },
      ["responses_create_params.tools[0].type"],
    ],
  ])("a row %s is refused as a row: which one, and which field", async (_name, bad, fields) => {
    const before = await jobCount();
    const reply = await submit({ environment: "code_gen", tasks: { rows: [good, good, bad] } });
    expect([reply.status, reply.error.code]).toEqual([400, "invalid_row"]);
    expect(reply.error.context["line"]).toBe(3);
    expect(fieldsOf(reply).map((problem) => problem.field)).toEqual(fields);
    expect(reply.error.message).toContain("line 3");
    expect(await jobCount()).toBe(before);
  });

  it("foreign hosts, foreign origins and other content types are refused before anything is read", async () => {
    const body = JSON.stringify({ environment: "code_gen" });
    const refused = async (headers: Record<string, string>) => {
      const { status, error } = await send({ body, headers });
      return [status, error?.code];
    };
    expect(await refused({ host: "evil.example" })).toEqual([403, "forbidden_host"]);
    expect(await refused({ host: `evil.example:${new URL(server.url).port}` })).toEqual([403, "forbidden_host"]);
    expect(await refused({ origin: "https://evil.example" })).toEqual([403, "forbidden_origin"]);
    expect(await refused({ origin: "null" })).toEqual([403, "forbidden_origin"]);
    expect(await refused({ "content-type": "text/plain" })).toEqual([415, "unsupported_media_type"]);
    expect(await refused({ "content-type": "application/x-www-form-urlencoded" })).toEqual([
      415,
      "unsupported_media_type",
    ]);
    expect(await refused({ "content-type": "application/json; charset=latin1" })).toEqual([
      415,
      "unsupported_media_type",
    ]);
    expect(await refused({ "content-encoding": "gzip" })).toEqual([415, "unsupported_media_type"]);
    expect(await refused({ authorization: "Bearer nobody" })).toEqual([401, "unauthorized"]);
    expect(await refused({ origin: server.url })).toEqual([201, undefined]);
  });

  it("what curl sends by itself is enough: no Idempotency-Key, and each time a new job", async () => {
    const plain = { "user-agent": "curl/8.14.1", accept: "*/*" };
    const body = '{"environment": "code_gen", "tasks": {"limit": 1}}';
    const [first, second] = [await send({ body, headers: plain }), await send({ body, headers: plain })];
    expect([first.status, second.status]).toEqual([201, 201]);
    expect(first.job).toMatchObject({ environment: "code_gen", tenant: "red", state: "queued", tasks: 1, repeats: 1 });
    expect(second.job.id).not.toBe(first.job.id);
    // Curl's own default for -d is a form.
    const form = await send({ body, headers: { ...plain, "content-type": "application/x-www-form-urlencoded" } });
    expect(form).toMatchObject({ status: 415, error: { code: "unsupported_media_type" } });
    expect(form.error.hint).toContain("application/json");
  });

  it("the same Idempotency-Key answers the job again, and another body with it is a conflict", async () => {
    const headers = { "idempotency-key": "once" };
    const body = '{"environment": "code_gen", "tasks": {"limit": 1}}';
    const [first, again] = [await send({ body, headers }), await send({ body, headers })];
    expect([first.status, again.status]).toEqual([201, 200]);
    expect(again.job.id).toBe(first.job.id);
    const other = await send({ body: body.replace("1", "2"), headers });
    expect(other).toMatchObject({ status: 409, error: { code: "idempotency_conflict", context: { key: "once" } } });
    // Keys are each tenant's own.
    const blue = await send({ body, headers: { ...headers, authorization: `Bearer ${BLUE}` } });
    expect(blue.status).toBe(201);
    expect(blue.job.id).not.toBe(first.job.id);
  });

  it("another tenant's job is not there", async () => {
    const { job } = await submit({ environment: "code_gen", tasks: { limit: 1 } });
    const cancelled = await submit({ environment: "code_gen", tasks: { limit: 1 } });
    await send({ path: `/api/v1/jobs/${cancelled.job.id}/cancel` });
    const page = JSON.parse(
      (await send({ method: "GET", path: `/api/v1/jobs/${cancelled.job.id}/rollouts` })).text,
    ) as RolloutPage;
    const rollout = page.items[0]?.id ?? "";
    expect(rollout).toMatch(/^rol_/);
    const blue = createClient({ url: server.url, apiKey: BLUE });
    const missing = (id: string, kind = "job") => ({ code: "not_found", status: 404, context: { kind, id } });
    try {
      await expect(blue.getJob(job.id)).rejects.toMatchObject(missing(job.id));
      await expect(blue.cancelJob(job.id)).rejects.toMatchObject(missing(job.id));
      await expect(blue.listRollouts(job.id)).rejects.toMatchObject(missing(job.id));
      await expect(blue.getRollout(rollout)).rejects.toMatchObject(missing(rollout, "rollout"));
      await expect(blue.jobEvents(job.id).next()).rejects.toMatchObject(missing(job.id));
      // Word for word what a job that never was gets.
      const [theirs, never] = await Promise.all(
        [job.id, "job_00000000000000000000000000000000"].map((id) =>
          send({ method: "GET", path: `/api/v1/jobs/${id}`, headers: { authorization: `Bearer ${BLUE}` } }),
        ),
      );
      expect(theirs?.error.message.replace(job.id, "")).toBe(never?.error.message.replace(/job_0+/, ""));
      const { items } = await blue.listJobs({ limit: 500 });
      expect(items.map(({ id }) => id)).not.toContain(job.id);
      expect(new Set(items.map(({ tenant }) => tenant))).toEqual(new Set(items.length > 0 ? ["blue"] : []));
    } finally {
      await blue.close();
    }
    const red = createClient({ url: server.url, apiKey: RED });
    expect((await red.getJob(job.id)).state).toBe("queued");
    await red.close();
  });

  it("a row of ten megabytes is taken", async () => {
    const row = { ...squareRow("large").value, padding: "x".repeat(10 << 20) };
    const reply = await submit({ environment: "code_gen", tasks: { rows: [row] } });
    expect(reply.status).toBe(201);
    expect(reply.job).toMatchObject({ tasks: 1, tally: { requested: 1, queued: 1 } });
  });

  it("a thousand rows are taken, and the thousandth is the one that is refused", async () => {
    const rows = Array.from({ length: 1000 }, (_, i) => squareRow(`row-${i}`).value);
    const taken = await submit({ environment: "code_gen", tasks: { rows }, repeats: 2 });
    expect(taken.job.tally).toMatchObject({ requested: 2000, queued: 2000 });
    const reply = await submit({ environment: "code_gen", tasks: { rows: [...rows.slice(0, 999), {}] } });
    expect(reply.error).toMatchObject({ code: "invalid_row", context: { line: 1000 } });
  });

  // Last: it takes the server's place on the data directory.
  it("rows survive byte for byte: NUL, lone surrogates, huge integers, 0.0, nulls, key order and blanks", async () => {
    const tests = '"unit_tests": {"outputs":["9\\n"] , "inputs":["3\\n"]}';
    const rows = [
      `{"z":0.0, "a":12345678901234567890123, "nul":"a\\u0000b", "lone":"\\ud800 and \\udfff", "none":null,
        "verifier_metadata":{${tests}}, "responses_create_params":{"input":"caf\u00e9 \\u00e9 \u{1f600}"}}`,
      `{ "responses_create_params" : {"input":[{"content":"x\\/y","role":"user"}],"temperature":1.0e0} ,"task_id":"b\\ud83d",${""}
        "verifier_metadata":{${tests}},"dup":1,"dup":2}`,
    ];
    const sampling = '{"temperature": 0.70, "seed":9007199254740993, "note":"\\u0000"}';
    const body = `{"tasks": {"rows": [${rows.join(" ,\n")}]}, "sampling":${sampling}, "environment":"code_gen"}`;
    const reply = await send({ body });
    expect(reply.status, reply.text).toBe(201);
    await send({ path: `/api/v1/jobs/${reply.job.id}/cancel` });

    await server.close(1_000);
    const platform = await startPlatform({ config, logger: silentLogger });
    try {
      const red = { ...ctx, principal: { tenant: "red", scopes: ["jobs", "hidden_tests"] } } as const;
      const query = { after: 0, limit: 10, outcomes: null };
      const stored = await platform.store.rollouts.page(red, reply.job.id, query);
      const texts = await Promise.all(
        stored
          .sort((a, b) => a.taskIndex - b.taskIndex)
          .map(async ({ row, rowPart }) => (await platform.store.blobs.read(red, row)).get(rowPart)),
      );
      expect(texts.map((text) => Buffer.from(text ?? "").toString("utf8"))).toEqual(rows);
      expect((await platform.store.jobs.get(red, reply.job.id))?.sampling).toBe(sampling);
      const record = await platform.jobs.rollout(red, stored[0]?.id ?? "");
      expect(record.row).toMatchObject({ nul: "a\0b", lone: "\ud800 and \udfff", none: null });
    } finally {
      await platform.close(1_000);
    }
  });
});
