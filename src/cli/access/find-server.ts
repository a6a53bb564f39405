import { readFileSync } from "node:fs";
import { resolve } from "node:path";
import type { Client } from "../../client/index.ts";
import type { Config } from "../../config/index.ts";
import { messageOf, SandlotError } from "../../core/errors/sandlot-error.ts";
import type { CommandCall } from "../command-call.ts";
import type { Access } from "./access.ts";
import { processExists, readServerNote, type ServerNote } from "./server-file.ts";

/** Milliseconds in which a server of this machine says that it lives. */
const HEALTH_MS = 3_000;

/** The server that --url or SANDLOT_URL names, or null when none is named. Whether it answers shows at the first call. */
export async function namedServer(call: CommandCall): Promise<Access | null> {
  const { env } = call.session.options;
  const url = call.options.url ?? (env["SANDLOT_URL"] || undefined);
  if (url === undefined) return null;
  const client = await openClient(url, givenKey(call));
  return { client, url, dataDirectory: null, provider: null, plays: true, close: () => client.close() };
}

/** The server that runs over the data directory, or null. */
export async function localServer(
  call: CommandCall,
  config: Config,
): Promise<(Access & { purpose: ServerNote["purpose"] }) | null> {
  const note = await readServerNote(config.data_dir);
  // A stale note's port may be somebody else's by now, who must not be sent our key.
  if (!note || !processExists(note.pid)) return null;
  const client = await openClient(note.url, note.api_key ?? givenKey(call) ?? configuredKey(config));
  try {
    await client.health({ timeoutMs: HEALTH_MS, signal: call.signal });
  } catch {
    await client.close();
    return null;
  }
  const { url, purpose } = note;
  return {
    client,
    url,
    purpose,
    dataDirectory: config.data_dir,
    provider: null,
    plays: true,
    close: () => client.close(),
  };
}

/** A client; its module is loaded only now. */
export async function openClient(url: string, apiKey: string | undefined): Promise<Client> {
  const { createClient } = await import("../../client/index.ts");
  return createClient({ url, apiKey });
}

/** The key that the user gave for the server. Throws `invalid_config` when its file cannot be read. */
function givenKey({ session, options }: CommandCall): string | undefined {
  const { env, workingDirectory } = session.options;
  if (options.apiKeyFile === undefined) return env["SANDLOT_API_KEY"] || undefined;
  try {
    return readFileSync(resolve(workingDirectory, options.apiKeyFile), "utf8").trim();
  } catch (error) {
    const fields = [{ field: "--api-key-file", problem: messageOf(error) }];
    throw new SandlotError("invalid_config", { source: "--api-key-file", fields }, { cause: error });
  }
}

/** Whoever reads the server's configuration has its keys: the one that may do most. */
function configuredKey({ server }: Config): string | undefined {
  return server.api_keys.toSorted((a, b) => b.scopes.length - a.scopes.length)[0]?.key;
}
