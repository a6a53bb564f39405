import type { CommandCall } from "../command-call.ts";
import { providerFlag } from "../provider-option.ts";
import type { Access } from "./access.ts";
import { localServer, namedServer } from "./find-server.ts";
import { loadSettings } from "./settings.ts";
import { startOwnServer } from "./start-server.ts";

/** A server with rollouts and sandboxes: the one that is named or serves the data directory, else one of our own that plays nothing. */
export async function verifyingServer(call: CommandCall<{ readonly provider?: string }>): Promise<Access> {
  const named = await namedServer(call);
  if (named) return named;
  const { config } = await loadSettings(call, [providerFlag(call.options.provider)]);
  const local = await localServer(call, config);
  if (local?.purpose === "serve") return local;
  await local?.close();
  // Without room for a rollout it claims none: queued jobs wait for whoever was asked to play them.
  return startOwnServer(call, { config: { ...config, worker: { ...config.worker, concurrency: 0 } }, plays: true });
}
