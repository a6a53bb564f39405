import type { Config } from "../config/index.ts";

/** What a process says that has been asked to stop. */
export function stoppingText({ server }: Config, rest: string): string {
  const grace = server.shutdown_grace_seconds;
  return `stopping: what runs has ${grace} s to finish, the rest ${rest} (again to quit at once)`;
}
