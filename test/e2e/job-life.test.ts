import { randomBytes } from "node:crypto";
import { mkdtemp, rm } from "node:fs/promises";
import { connect } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { RunningServer } from "../../src/cli/services.ts";
import { type Client, createClient } from "../../src/client/index.ts";
import { cliServices } from "../../src/compose/services.ts";
import { loadConfig } from "../../src/config/index.ts";
import type { JobSubmissionInput } from "../../src/contract/jobs.ts";
import { silentLogger } from "../../src/core/logger.ts";
import { responseWith, type ScriptedEndpoint, sendJson, startEndpoint } from "../models/scripted-endpoint.ts";

const EXAMPLES = join(import.meta.dirname, "../../examples/environments");

const row = (n: number) => ({ task_id: `add-${n}`, question: `What is ${n} + 1?`, answer: n + 1 });
const rows = (count: number, from = 0) => Array.from({ length: count }, (_, i) => row(from + i));
const linesOf = (values: readonly object[]) => values.map((value) => JSON.stringify(value)).join("\n");

/** A server that plays an environment without sandboxes, with a model that always answers 5. */
describe("the life of a job over HTTP", () => {
  let endpoint: ScriptedEndpoint;
  let server: RunningServer;
  let client: Client;
  let dataDir: string;

  beforeAll(async () => {
    endpoint = await startEndpoint((_request, response) => sendJson(response, 200, responseWith("5")));
    dataDir = await mkdtemp(join(tmpdir(), "sandlot-life-"));
    const flag = (path: string, value: unknown) => ({ path: path.split("."), value, flag: `--${path}` });
    const { config } = loadConfig({
      env: {},
      workingDirectory: dataDir,
      flags: [
        flag("data_dir", dataDir),
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
  });
  afterAll(async () => {
    await client?.close();
    await server?.close(1_000);
    await endpoint?.stop();
    await rm(dataDir, { recursive: true, force: true });
  });

  const boxes = (more: Partial<JobSubmissionInput>): JobSubmissionInput => ({ environment: "boxes", ...more });
  const ended = async (id: string) => {
    for await (const event of client.jobEvents(id)) if (event.type === "end") return event.job;
    throw new Error("the stream broke off");
  };

  it("hands out complete groups to those who wait, and is complete when all are acknowledged", async () => {
    const job = await client.submitJob(boxes({ tasks: { rows: rows(6) }, repeats: 3 }));
    const seen: number[] = [];
    for (;;) {
      const delivery = await client.takeGroups(job.id, { limit: 4, wait_seconds: 10 });
      for (const group of delivery.groups) {
        expect(group.rollouts.map(({ rollout_index }) => rollout_index)).toEqual([0, 1, 2]);
        expect(group).toMatchObject({ scored: 3, masked: 0, zero_variance: true });
        expect(group.mean_reward).toBe(group.task_id === "add-4" ? 1 : 0);
        seen.push(group.sequence);
      }
      if (delivery.id === null) {
        expect(delivery).toMatchObject({ complete: true, cursor: 6, groups: [] });
        break;
      }
      await client.acknowledgeGroups(job.id, delivery.id);
    }
    expect(seen).toEqual([1, 2, 3, 4, 5, 6]);
    const page = await client.listGroups(job.id, { limit: 4 });
    expect([page.items.map(({ sequence }) => sequence), page.next_cursor, page.complete]).toEqual([
      [1, 2, 3, 4],
      "4",
      false,
    ]);
  });

  it("is fed with batches and uploads, each once, until it is closed", async () => {
    const job = await client.submitJob(boxes({ tasks: null, accepting: true, repeats: 2 }));
    const batch = JSON.stringify({ tasks: { rows: rows(2) } });
    const first = await client.addTasks(job.id, batch, { idempotencyKey: "one" });
    expect(first).toMatchObject({ added: true, job: { tasks: 2, tally: { requested: 4 } } });
    expect(await client.addTasks(job.id, batch, { idempotencyKey: "one" })).toMatchObject({
      added: false,
      job: { tasks: 2 },
    });
    const other = client.addTasks(job.id, batch.replace("add-0", "add-9"), { idempotencyKey: "one" });
    await expect(other).rejects.toMatchObject({ code: "idempotency_conflict", status: 409 });
    const lines = `${linesOf(rows(3, 2))}\r\n\n`;
    expect(await client.uploadTasks(job.id, lines, { idempotencyKey: "two" })).toMatchObject({
      added: true,
      job: { tasks: 5 },
    });
    expect(await client.uploadTasks(job.id, lines, { idempotencyKey: "two" })).toMatchObject({
      added: false,
      job: { tasks: 5 },
    });
    expect(await client.closeJob(job.id)).toMatchObject({ accepting: false });
    expect(await ended(job.id)).toMatchObject({ state: "completed", tally: { scored: 10 }, groups: { complete: 5 } });
    await expect(client.addTasks(job.id, batch)).rejects.toMatchObject({ code: "job_closed" });
  });

  it("refuses a bad row by name, with nothing added, or leaves it out when asked", async () => {
    const job = await client.submitJob(boxes({ tasks: null, accepting: true }));
    const lines = `${linesOf(rows(2))}\n{"task_id": "bad", "question": 7}\n{"task`;
    const refused = await client.uploadTasks(job.id, lines).catch((error: unknown) => error);
    expect(refused).toMatchObject({
      code: "invalid_row",
      context: { line: 3, fields: [{ field: "responses_create_params" }, { field: "question" }, { field: "answer" }] },
    });
    expect(await client.getJob(job.id)).toMatchObject({ tasks: 0 });
    const added = await client.uploadTasks(job.id, lines, { onInvalid: "skip" });
    expect(added).toMatchObject({ job: { tasks: 2 }, skipped: { count: 2, first: [{ row: 3 }, { row: 4 }] } });
    const submitted = await client.submitJob(boxes({ tasks: { rows: [row(1), { question: 1 }] }, on_invalid: "skip" }));
    expect(submitted).toMatchObject({ tasks: 1, skipped: { count: 1, first: [{ row: 2 }] } });
    const none = client.submitJob(boxes({ tasks: { rows: [{ question: 1 }] }, on_invalid: "skip" }));
    await expect(none).rejects.toMatchObject({ code: "invalid_request", context: { fields: [{ field: "tasks" }] } });
    await client.cancelJob(job.id);
  });

  it("says what a submission would come to, and keeps nothing", async () => {
    await ended((await client.submitJob(boxes({ tasks: { rows: rows(1) } }))).id);
    const before = await client.listJobs({ limit: 500 });
    const estimate = await client.dryRunJob(boxes({ tasks: { rows: rows(20) }, repeats: 8 }));
    expect(estimate).toMatchObject({ tasks: 20, rollouts: 160, skipped: { count: 0, first: [] } });
    expect(estimate.seconds_per_rollout).toBeGreaterThan(0);
    expect(await client.listJobs({ limit: 500 })).toEqual(before);
    const bad = client.dryRunJob(boxes({ tasks: { rows: [row(1), { question: 1 }] } }));
    await expect(bad).rejects.toMatchObject({ code: "invalid_row", context: { line: 2 } });
  });

  it("refuses contradictory submissions by field", async () => {
    const fieldsOf = async (job: unknown) => {
      const error: unknown = await client.submitJob(JSON.stringify(job)).catch((thrown: unknown) => thrown);
      return (error as { context: { fields: { field: string }[] } }).context.fields.map(({ field }) => field);
    };
    expect(await fieldsOf(boxes({ tasks: null }))).toEqual(["tasks"]);
    expect(await fieldsOf(boxes({ tasks: { rows: rows(1_000) }, repeats: 1_024 }))).toEqual(["repeats"]);
    expect(await fieldsOf(boxes({ repeats: 2, groups: { wanted: 3 } }))).toEqual(["groups.wanted"]);
    expect(await fieldsOf({ ...boxes({}), retries: { scored: 2 } })).toEqual(["retries.scored"]);
    expect(await fieldsOf(boxes({ retries: { model_error: 0 } }))).toEqual(["retries.model_error"]);
  });

  it("cuts an upload off where it is of the wrong type, or a line is too long", async () => {
    const job = await client.submitJob(boxes({ tasks: null, accepting: true }));
    const path = `/api/v1/jobs/${job.id}/tasks/upload`;
    const wrong = await fetch(`${server.url}${path}`, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: "{}",
    });
    expect(wrong.status).toBe(415);
    const sent = await endlessLine(server.url, path);
    expect(sent.answer).toMatch(/^HTTP\/1.1 413 /);
    expect(sent.bytes).toBeLessThan(100 * 2 ** 20);
    expect(await client.getJob(job.id)).toMatchObject({ tasks: 0 });
    await client.cancelJob(job.id);
  });
});

/** Sends a line without an end, as fast as it is read; answers what came back, and how many bytes went out. */
function endlessLine(url: string, path: string): Promise<{ answer: string; bytes: number }> {
  const { hostname, port } = new URL(url);
  return new Promise((resolve, reject) => {
    const socket = connect(Number(port), hostname);
    const chunk = Buffer.from(randomBytes(2 ** 19).toString("hex"));
    let bytes = 0;
    let answer = "";
    const send = () => {
      if (bytes >= 2 ** 28 || answer !== "") return;
      bytes += chunk.length;
      socket.write(`${chunk.length.toString(16)}\r\n`);
      if (socket.write(Buffer.concat([chunk, Buffer.from("\r\n")]))) setImmediate(send);
    };
    socket.on("connect", () => {
      socket.write(`POST ${path} HTTP/1.1\r\nhost: ${hostname}:${port}\r\ncontent-type: application/x-ndjson\r\n`);
      socket.write("transfer-encoding: chunked\r\n\r\n");
      send();
    });
    socket.on("drain", send);
    socket.on("data", (data: Buffer) => {
      answer += data.toString("latin1");
      socket.destroy();
      resolve({ answer, bytes });
    });
    socket.on("error", (error) => (answer === "" ? reject(error) : undefined));
  });
}
