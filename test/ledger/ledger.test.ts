import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Client as Postgres } from "pg";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { checkLedger } from "../../bench/ledger/check-ledger.ts";
import { type Finding, hashOf } from "../../bench/ledger/checks.ts";
import type { Expected } from "../../bench/ledger/expected.ts";
import { openReader, type StoreReader } from "../../bench/ledger/read-store.ts";
import type { RunningServer } from "../../src/cli/services.ts";
import { type Client, createClient } from "../../src/client/index.ts";
import { cliServices } from "../../src/compose/services.ts";
import { loadConfig } from "../../src/config/index.ts";
import { silentLogger } from "../../src/core/logger.ts";
import { type EmbeddedPostgres, startEmbeddedPostgres } from "../../src/store/index.ts";
import { responseWith, type ScriptedEndpoint, sendJson, startEndpoint } from "../models/scripted-endpoint.ts";

const EXAMPLES = join(import.meta.dirname, "../../examples/environments");
const TABLES = ["jobs", "tasks", "rollouts", "attempts", "consumers", "deliveries"];

/** Rows as text: of the first, the model's one answer is right. */
const rows = [5, 6, 7].map((answer) =>
  JSON.stringify({ task_id: `t${answer}`, question: `What is ${answer} + 0?`, answer }),
);

describe("the ledger check", () => {
  let endpoint: ScriptedEndpoint;
  let database: EmbeddedPostgres;
  let server: RunningServer;
  let client: Client;
  let reader: StoreReader;
  let sql: Postgres;
  let expected: Expected;
  let folder: string;

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), "sandlot-ledger-"));
    endpoint = await startEndpoint((_request, response) => sendJson(response, 200, responseWith("5")));
    database = await startEmbeddedPostgres({ dataDirectory: folder });
    const { user, socketDirectory, database: name } = database.connection;
    const url = `postgres://${user}@/${name}?host=${encodeURIComponent(socketDirectory)}`;
    const dataDir = join(folder, "server");
    const flag = (path: string, value: unknown) => ({ path: path.split("."), value, flag: `--${path}` });
    const { config } = loadConfig({
      env: {},
      workingDirectory: folder,
      flags: [
        flag("data_dir", dataDir),
        flag("database.url", url),
        flag("server.port", 0),
        flag("sandbox.provider", "local"),
        flag("environments.paths", [EXAMPLES]),
        flag("models.default.url", endpoint.url),
        flag("models.default.model", "policy"),
        flag("models.default.api", "responses"),
      ],
    });
    server = await cliServices.startServer({ config, logger: silentLogger });
    client = createClient({ url: server.url });
    expected = await play(client);
    reader = await openReader(url, join(dataDir, "segments"));
    sql = new Postgres({ connectionString: url });
    await sql.connect();
    await sql.query("create schema kept");
    for (const table of TABLES) await sql.query(`create table kept.${table} as table ${table}`);
    // What a broken program could do, the database refuses: the check must see it all the same.
    await sql.query("drop index rollouts_job, rollouts_done");
    for (const name of ["rollouts_check", "rollouts_check1", "rollouts_check2"]) {
      await sql.query(`alter table rollouts drop constraint ${name}`);
    }
  });
  afterAll(async () => {
    await sql?.end();
    await reader?.close();
    await client?.close();
    await server?.close(1_000);
    await database?.stop();
    await endpoint?.stop();
    await rm(folder, { recursive: true, force: true });
  });

  it("finds nothing where nothing is wrong", async () => {
    const report = await checkLedger(expected, client, reader);
    expect(report.findings).toEqual([]);
    expect(report).toMatchObject({ requested: 9, outcomes: { scored: 9 }, kinds: { right: 3, wrong: 6 } });
  });

  const one = "(select id from rollouts order by task_index, rollout_index limit 1)";
  const planted: [Finding["kind"], string][] = [
    ["lost", `delete from rollouts where id = ${one}`],
    ["lost", "delete from jobs"],
    ["lost", `update rollouts set reward = null where id = ${one}`],
    ["lost", "update jobs set queued = 1"],
    [
      "twice",
      `insert into rollouts select (json_populate_record(r, '{"id": "rol_2"}')).* from rollouts r where id = ${one}`,
    ],
    ["sequence", `update rollouts set sequence = 99 where id = ${one}`],
    ["sequence", "update tasks set sequence = 9 where task_index = 0"],
    ["count", `update jobs set outcomes = '{"scored": 8, "truncated": 1}'`],
    ["group", "update tasks set open = 1, sequence = null where task_index = 2"],
    ["attempts", `delete from attempts where rollout_id = ${one}`],
    ["attempts", "update attempts set ended_at = null where number = 1"],
    ["attempts", "update attempts set outcome = 'sandbox_error'"],
    ["reward without a verdict", `update rollouts set outcome = 'sandbox_error', masked = true where id = ${one}`],
    [
      "mask without a fault",
      `update rollouts set outcome = 'sandbox_error', masked = true, reward = null where id = ${one}`,
    ],
    ["false zero", `update rollouts set reward = 0 where id = ${one}`],
    ["false reward", "update rollouts set reward = 1 where task_index = 1"],
    ["record", `update rollouts set record_segment = null where id = ${one}`],
    ["record", `update rollouts set record_offset = record_offset + 1 where id = ${one}`],
    ["row", "update tasks set row_part = 'row-1' where task_index = 0"],
    ["left over", `update rollouts set lease_owner = 'srv_gone' where id = ${one}`],
  ];
  it.each(planted)("finds what is planted: %s, by %s", async (kind, statement) => {
    await sql.query(statement);
    try {
      const { findings } = await checkLedger(expected, client, reader);
      expect(findings.map((finding) => finding.kind)).toContain(kind);
    } finally {
      await sql.query("truncate jobs, attempts, verdicts cascade");
      for (const table of TABLES) await sql.query(`insert into ${table} select * from kept.${table}`);
    }
  });

  it("finds groups that a consumer kept twice, never, or otherwise", async () => {
    const { taken } = expected;
    if (taken === null) throw new Error("groups were taken");
    const kinds = async (kept: NonNullable<Expected["taken"]>) =>
      (await checkLedger({ ...expected, taken: kept }, client, reader)).findings.map(({ kind }) => kind);
    expect(await kinds([...taken, ...taken.slice(0, 1)])).toEqual(["delivery"]);
    expect(await kinds(taken.slice(1))).toEqual(["delivery"]);
    expect(await kinds(taken.with(0, { job: taken[0]?.job ?? "", sequence: 1, rollouts: [] }))).toEqual(["delivery"]);
  });
});

/** A job of three tasks, three times each, whose groups a consumer takes. */
async function play(client: Client): Promise<Expected> {
  const body = `{"environment": "boxes", "tasks": {"rows": [${rows.join(", ")}]}, "repeats": 3}`;
  const job = await client.submitJob(body);
  const taken: NonNullable<Expected["taken"]> = [];
  for (;;) {
    const { id, groups, complete } = await client.takeGroups(job.id, { wait_seconds: 10 });
    for (const { sequence, rollouts } of groups) {
      taken.push({ job: job.id, sequence, rollouts: rollouts.map((rollout) => rollout.id) });
    }
    if (id !== null) await client.acknowledgeGroups(job.id, id);
    if (complete) break;
  }
  const answers = rows.map((row, task) => {
    const isRight = task === 0;
    return [hashOf(row, "5"), { kind: isRight ? "right" : "wrong", reward: isRight ? 1 : 0, isHonest: true }] as const;
  });
  return {
    jobs: [{ id: job.id, tasks: 3, repeats: 3, wanted: null, cancelled: false, rows }],
    answers: Object.fromEntries(answers),
    faults: [],
    taken,
  };
}
