import type { Client } from "../../client/index.ts";
import type { CommandCall } from "../command-call.ts";

/** The API of one server, as a command uses it. */
export interface Access {
  readonly client: Client;
  readonly url: string;
  /** The server's data directory; null when the server is somewhere else. */
  readonly dataDirectory: string | null;
  /** Sandbox provider of a server in this process; null when it has none, or runs elsewhere. */
  readonly provider: string | null;
  /** Whether rollouts are played as long as nobody stops it. */
  readonly plays: boolean;
  /** Ends connections, and the server when it was started for this command. */
  close(): Promise<void>;
}

/** Runs `fn` with an access that is closed afterwards; what it throws wins over a failure to close. */
export async function withAccess<T>(call: CommandCall, access: Access, fn: (access: Access) => Promise<T>): Promise<T> {
  let result: T;
  try {
    result = await fn(access);
  } catch (error) {
    await access.close().catch((closing: unknown) => call.screen.note(`while closing: ${String(closing)}`));
    throw error;
  }
  call.screen.progress.clear();
  await access.close();
  return result;
}
