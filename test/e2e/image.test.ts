import { statSync } from "node:fs";
import { createServer, type AddressInfo } from "node:net";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { StartedTestContainer } from "testcontainers";
import { type Client, createClient } from "../../src/client/index.ts";
import { cliServices } from "../../src/compose/services.ts";
import { loadConfig } from "../../src/config/index.ts";
import { newId } from "../../src/core/ids.ts";
import { docker } from "../support/engine.ts";

// Ryuk would have to be pulled; this file removes what it starts. Read when testcontainers is imported.
process.env["TESTCONTAINERS_RYUK_DISABLED"] = "true";
const { GenericContainer, Wait } = await import("testcontainers");

const SOCKET = "/var/run/docker.sock";
/** One name for every run: the engine's layers are used again and no image is left over for each run. */
const IMAGE = "sandlot-under-test:latest";
const KEY = "image-key-0123456789";
/** Labels every sandbox of this server, so that those of other tests are not counted. */
const TENANT = newId("installation");

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
}

async function sandboxes(): Promise<string[]> {
  const found = await docker(["ps", "--all", "--quiet", "--filter", `label=sandlot.tenant=${TENANT}`]);
  return found.split("\n").filter(Boolean);
}

/** Kernel users of the container's processes, by the name of their program. */
const USERS_BY_PROGRAM = `
const fs = require("node:fs");
const users = {};
for (const pid of fs.readdirSync("/proc").filter((name) => /^\\d+$/.test(name))) {
  try {
    const status = fs.readFileSync("/proc/" + pid + "/status", "utf8");
    const [, name] = /^Name:\\s*(.*)$/m.exec(status);
    users[name] = Number(/^Uid:\\s*(\\d+)/m.exec(status)[1]);
  } catch {}
}
console.log(JSON.stringify(users));
`;

describe("the image of the root Dockerfile", () => {
  let container: StartedTestContainer | null = null;
  let client: Client;
  let url: string;
  let log = "";
  const stops: (() => Promise<unknown>)[] = [];

  beforeAll(async () => {
    const replay = await cliServices.startReplay(loadConfig({ env: {} }).config, "code_gen", null);
    stops.push(() => replay.stop());
    // The default policy: what is there is not pulled.
    const image = await GenericContainer.fromDockerfile(join(import.meta.dirname, "../..")).build(IMAGE, {
      deleteOnExit: false,
    });
    const port = await freePort();
    container = await image
      // The image's own user with the socket's group as its own: no root, and nothing of the socket's is changed.
      .withUser(`node:${statSync(SOCKET).gid}`)
      .withBindMounts([{ source: SOCKET, target: SOCKET }])
      // The replay model listens on this machine's loopback.
      .withNetworkMode("host")
      .withEnvironment({
        SANDLOT_SERVER_PORT: String(port),
        SANDLOT_SERVER_API_KEYS: JSON.stringify([{ name: "test", key: KEY, tenant: TENANT }]),
        SANDLOT_SANDBOX_PROVIDER: "docker",
        SANDLOT_SANDBOX_SLOTS_PER_SANDBOX: "2",
        SANDLOT_MODELS_DEFAULT_URL: replay.url,
        SANDLOT_MODELS_DEFAULT_MODEL: replay.model,
        SANDLOT_MODELS_DEFAULT_REPLAY: "true",
      })
      .withLogConsumer((stream) => stream.on("data", (data: Buffer) => (log += data.toString())))
      .withWaitStrategy(Wait.forLogMessage(/sandlot serves/))
      .withStartupTimeout(120_000)
      .start()
      .catch((error: unknown) => {
        throw new Error(`the server did not start: ${log}`, { cause: error });
      });
    url = `http://127.0.0.1:${port}`;
    client = createClient({ url, apiKey: KEY });
    stops.push(() => client.close());
  }, 600_000);
  afterAll(async () => {
    await container?.stop();
    for (const stop of stops.splice(0).toReversed()) await stop();
  });

  it("is ready, and asks for its key", async () => {
    expect(await client.ready()).toMatchObject({ status: "ready", checks: { database: "ok" } });
    const stranger = createClient({ url });
    await expect(stranger.listJobs()).rejects.toMatchObject({ code: "unauthorized" });
    await stranger.close();
  });

  it("runs nothing as root, its database included", async () => {
    const { output, exitCode } = (await container?.exec(["node", "-e", USERS_BY_PROGRAM])) ?? {
      output: "",
      exitCode: 1,
    };
    expect(exitCode, output).toBe(0);
    const users = JSON.parse(output) as Record<string, number>;
    expect(users["postgres"]).toBeGreaterThan(0);
    expect(Object.entries(users).filter(([, uid]) => uid === 0)).toEqual([]);
  });

  it("plays a job whose rollouts are judged in sandboxes of the engine", async () => {
    const tasks = { task_ids: ["word-shapes", "longest-hole"] };
    const { id } = await client.submitJob({ environment: "code_gen", tasks });
    for await (const event of client.jobEvents(id)) if (event.type === "end") break;
    const { items } = await client.listRollouts(id, { include: "record" });
    expect(items).toHaveLength(2);
    for (const item of items) {
      expect(item, log).toMatchObject({ outcome: "scored", reward: 1, masked: false, replay: true });
      expect(item).toMatchObject({ verdict: { sandbox: { provider: "docker", mode: "A" } } });
    }
    expect((await client.getJob(id)).tally).toMatchObject({ requested: 2, scored: 2, truncated: 0, masked: 0 });
    expect(await sandboxes()).not.toEqual([]);
  });

  it("takes its sandboxes along when it stops", async () => {
    await container?.stop({ timeout: 60_000 });
    container = null;
    expect(await sandboxes()).toEqual([]);
    expect(log).toContain("stopping");
  });
});
