import { SandlotError } from "../../core/errors/sandlot-error.ts";
import type { Access } from "../access/access.ts";
import { localServer, namedServer } from "../access/find-server.ts";
import { loadSettings } from "../access/settings.ts";
import { startOwnSandboxes } from "../access/start-server.ts";
import type { CommandCall } from "../command-call.ts";
import { providerFlag } from "../provider-option.ts";

/** The sandboxes of the server that is named or serves the data directory, else some of our own. */
export async function someSandboxes(call: CommandCall<{ readonly provider?: string }>): Promise<Access> {
  const { provider } = call.options;
  const named = await namedServer(call);
  if (named) return asItIs(named, provider);
  const { config } = await loadSettings(call, [providerFlag(provider)]);
  const local = await localServer(call, config);
  // Another command's server ends with that command, and would take our program with it.
  if (local?.purpose === "serve") return asItIs(local, provider);
  await local?.close();
  return startOwnSandboxes(call, config);
}

/** The sandboxes of a server that runs, to look at. Throws `server_unreachable` when there is none. */
export async function runningSandboxes(call: CommandCall): Promise<Access> {
  const named = await namedServer(call);
  if (named) return named;
  const { config } = await loadSettings(call);
  const local = await localServer(call, config);
  if (local) return local;
  const detail = `no server runs over the data directory ${config.data_dir}, so there are no sandboxes`;
  throw new SandlotError("server_unreachable", { url: "", detail });
}

async function asItIs(access: Access, provider: string | undefined): Promise<Access> {
  if (provider === undefined) return access;
  await access.close();
  const problem = `is set where the server at ${access.url} was started`;
  throw new SandlotError("invalid_request", { fields: [{ field: "--provider", problem }] });
}
