import { EventEmitter } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { runCli } from "../../src/cli/index.ts";
import { cliServices } from "../../src/compose/services.ts";
import type { Rollout } from "../../src/contract/rollouts.ts";
import { silentLogger } from "../../src/core/logger.ts";
import { createApp } from "../../src/server/create-app.ts";
import { startServer } from "../../src/server/start-server.ts";
import { ctx, openPlatform, replayOf, runJob, submit } from "../support/platform.ts";
import { squareTasks } from "../support/rows.ts";

const KEYS = [
  { name: "all", key: "a".repeat(32), tenant: "default", scopes: ["jobs", "hidden_tests", "sandboxes"] as const },
  { name: "some", key: "b".repeat(32), tenant: "default", scopes: ["jobs", "sandboxes"] as const },
];
const directory = mkdtempSync(join(tmpdir(), "sandlot-cli-"));
let platform: Awaited<ReturnType<typeof openPlatform>>;
let model: Awaited<ReturnType<typeof replayOf>>;
let server: Awaited<ReturnType<typeof startServer>>;
let jobId: string;
let rollouts: Rollout[];

beforeAll(async () => {
  const tasks = squareTasks(4, 0);
  model = await replayOf(tasks);
  platform = await openPlatform({ provider: "local", modelUrl: model.url });
  const app = createApp({
    ...platform,
    environments: async () => [],
    taskIds: async () => [],
    gateway: null,
    removal: platform.store.housekeeping,
    models: () => [],
    ready: async () => ({}),
    version: "0.0.0-test",
    auth: { keys: KEYS.map(({ scopes, ...key }) => ({ ...key, scopes: [...scopes] })) },
    hosts: ["127.0.0.1"],
    logger: silentLogger,
    validateResponses: true,
  });
  server = await startServer({ app, host: "127.0.0.1", port: 0 });
  const rows = tasks.map(({ row }) => row.value);
  ({ jobId, rollouts } = await runJob(platform, { environment: "code_gen", tasks: { rows } }));
});
afterAll(async () => {
  await server?.close(0);
  await platform?.dispose();
  await model?.stop();
  rmSync(directory, { recursive: true, force: true });
});

async function sandlot(key: string, stdin: string, ...argv: string[]) {
  const written = { stdout: "", stderr: "" };
  const code = await runCli([...argv, "--url", server.url], {
    services: cliServices,
    stdout: { write: (data) => (written.stdout += Buffer.from(data as string).toString()) },
    stderr: { write: (data) => (written.stderr += Buffer.from(data as string).toString()) },
    stdin: (async function* () {
      yield Buffer.from(stdin);
    })(),
    signals: new EventEmitter(),
    env: { SANDLOT_API_KEY: key },
    workingDirectory: directory,
    version: "0.0.0-test",
  });
  return { code, ...written };
}

const [all, some] = KEYS.map(({ key }) => key) as [string, string];
const wrong = () => rollouts.find(({ reward }) => reward === 0) ?? expect.unreachable("one of four is wrong");

describe("sandlot sandbox shell --rollout", () => {
  const shell = (key: string, stdin: string, ...more: string[]) =>
    sandlot(key, stdin, "sandbox", "shell", "--rollout", wrong().id, ...more);

  test("finds answer and tests in a sandbox like the one that judged it", async () => {
    const look = "ls . tests/1\ncat tests/1/expected\npython3 solution.py < tests/1/input\n";
    const { code, stdout, stderr } = await shell(all, look);
    expect(code).toBe(0);
    expect(stdout).toContain("solution.py");
    expect(stdout).toMatch(/tests\/1:\nexpected\ninput\n9\n10\n$/);
    expect(stderr).toContain("tests/: input and expected of 2 tests");
    const python = await shell(all, "print(open('tests/2/input').read())", "--language", "python");
    expect(python.stdout).toBe("-4\n\n");
  });

  test("lays out no tests for those who may not see them", async () => {
    const { code, stdout, stderr } = await shell(some, "ls\n");
    expect(code).toBe(0);
    expect(stdout).toMatch(/^(prelude\.py\n)?solution\.py\n$/);
    expect(stderr).toContain("hidden_tests");
  });

  test("says what it cannot find", async () => {
    const missing = await sandlot(all, "ls\n", "sandbox", "shell", "--rollout", "rol_none");
    expect(missing).toMatchObject({ code: 2 });
    expect(missing.stderr).toContain("kind rollout, id rol_none");
  });
});

describe("sandlot rescore", () => {
  test("shows that nothing flips where nothing changed", async () => {
    const people = await sandlot(all, "", "rescore", jobId);
    expect(people.code).toBe(0);
    expect(people.stdout).toContain(`4 rollouts of ${jobId} rescored as rsc_`);
    expect(people.stdout).toContain("0 rewards flipped; mean reward 0.75 before, 0.75 after");
    const machine = await sandlot(all, "", "rescore", jobId, "--json");
    expect(JSON.parse(machine.stdout)).toMatchObject({ job_id: jobId, rescored: 4, flipped: 0, flips: [] });
    expect((await sandlot(all, "", "rescore", "job_none")).code).toBe(2);
  });
});

describe("sandlot jobs remove", () => {
  test("removes an ended job, once", async () => {
    const { job } = await submit(platform, { environment: "code_gen", tasks: { limit: 1 } });
    await platform.jobs.cancel(ctx, job.id, 0);
    await expect.poll(async () => (await platform.jobs.get(ctx, job.id)).ended_at).not.toBeNull();
    expect(await sandlot(all, "", "jobs", "remove", job.id)).toMatchObject({
      code: 0,
      stdout: `${job.id} was removed\n`,
    });
    const again = await sandlot(all, "", "jobs", "remove", job.id);
    expect(again.code).toBe(2);
    expect(again.stderr).toContain("not_found");
  });
});
