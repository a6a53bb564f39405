import type { CommandCall } from "../command-call.ts";
import type { Access } from "./access.ts";
import { localServer, namedServer } from "./find-server.ts";
import { loadSettings } from "./settings.ts";
import { startOwnServer } from "./start-server.ts";

/**
 * The API for a command that looks at jobs and rollouts: the server that is named, else the one that runs over the
 * data directory, else one of our own that plays nothing.
 */
export async function connect(call: CommandCall): Promise<Access> {
  const named = await namedServer(call);
  if (named) return named;
  const { config } = await loadSettings(call);
  return (await localServer(call, config)) ?? (await startOwnServer(call, { config, plays: false }));
}
