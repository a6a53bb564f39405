import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";
import { composeModels } from "../../src/compose/models.ts";
import { loadConfig } from "../../src/config/index.ts";
import { type Clock, systemClock } from "../../src/core/clock.ts";
import { closedAfterEach } from "../models/closed-after-each.ts";
import { startReplica } from "../models/test-replica.ts";
import { type LogRecord, recordingLogger } from "../server/support/serve.ts";

const closing = closedAfterEach();
/** Replicas are looked at every 2 s. */
const SOON = { timeout: 20_000 };
/** Files are looked at every 5 s: here, every 50 ms. */
const clock: Clock = { ...systemClock, after: (ms, fn) => systemClock.after(ms === 5_000 ? 50 : ms, fn) };

async function start(id: string) {
  const replica = await startReplica(id);
  closing(() => replica.endpoint.stop());
  const { url, seen } = replica.endpoint;
  return { id, url, keys: () => new Set(seen.map(({ headers }) => headers.authorization)) };
}

/** The model `policy`, whose replicas stand in a file; `write` replaces it. */
async function composeFile(...replicas: object[]) {
  const directory = await mkdtemp(join(tmpdir(), "replicas-"));
  closing(() => rm(directory, { recursive: true }));
  const write = (list: unknown) => writeFile(join(directory, "replicas.json"), JSON.stringify(list));
  await write(replicas);
  const yaml = "models: { policy: { model: m, api_key: our-key, replicas_file: replicas.json } }";
  await writeFile(join(directory, "sandlot.yaml"), yaml);
  const { config } = loadConfig({ env: {}, workingDirectory: directory });
  const records: LogRecord[] = [];
  const composed = await composeModels({ config, clock, logger: recordingLogger(records) });
  closing(composed.close);
  const states = () => composed.fleets.view("policy").replicas.map(({ id, state }) => `${id} ${state}`);
  return { ...composed, write, states, records };
}

test("a file of replicas is followed, and what it lists gets the fleet's key however it is named later", async () => {
  const [a, b] = [await start("a"), await start("b")];
  const { fleets, write, states, records } = await composeFile({ id: a.id, url: a.url });
  await expect.poll(states, SOON).toEqual(["a ready"]);
  await write([{ id: "b", url: b.url }]);
  await expect.poll(states, SOON).toEqual(["b ready"]);

  await write("nonsense");
  await expect.poll(() => records.some(({ message }) => message === "the replicas stay as they were"), SOON).toBe(true);
  expect(states()).toEqual(["b ready"]);

  const { generation } = fleets.view("policy");
  expect(a.keys()).toEqual(new Set(["Bearer our-key"]));
  // `b` under another name is configured, and `a` is not any more.
  const replicas = [
    { id: "b2", url: `${b.url}/` },
    { id: "a2", url: a.url },
  ];
  fleets.setReplicas("policy", { generation: generation + 1, replicas });
  await expect.poll(states, SOON).toEqual(["b2 ready", "a2 ready"]);
  expect(b.keys()).toEqual(new Set(["Bearer our-key"]));
  expect(a.keys()).toEqual(new Set(["Bearer our-key", undefined]));
});
