import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type Client, createClient } from "../../../src/client/index.ts";
import { startSandboxServer } from "../../../src/compose/sandbox-server.ts";
import { loadConfig } from "../../../src/config/index.ts";
import { silentLogger } from "../../../src/core/logger.ts";

/** The API over real sandboxes. */
export interface RealServer {
  readonly client: Client;
  readonly url: string;
  dispose(): Promise<void>;
}

/** A server with sandboxes and nothing else. */
export async function openRealServer(provider: "docker" | "local"): Promise<RealServer> {
  const directory = await mkdtemp(join(tmpdir(), "sandlot-test-"));
  const flag = (path: string, value: unknown) => ({ path: path.split("."), value, flag: `--${path}` });
  const { config } = loadConfig({
    env: {},
    workingDirectory: directory,
    flags: [
      flag("data_dir", directory),
      flag("server.port", 0),
      flag("sandbox.provider", provider),
      flag("sandbox.slots_per_sandbox", 2),
      flag("sandbox.pool.max", 2),
    ],
  });
  const server = await startSandboxServer({ config, logger: silentLogger });
  const client = createClient({ url: server.url });
  return {
    client,
    url: server.url,
    async dispose() {
      await client.close();
      await server.close(1_000);
      await rm(directory, { recursive: true, force: true });
    },
  };
}
