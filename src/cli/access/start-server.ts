import { randomBytes } from "node:crypto";
import type { Config } from "../../config/index.ts";
import { DEFAULT_TENANT, SCOPES } from "../../core/context.ts";
import type { Logger } from "../../core/logger.ts";
import type { CommandCall } from "../command-call.ts";
import { unlessAborted } from "../interrupts.ts";
import type { RunningServer, StartOptions } from "../services.ts";
import type { Access } from "./access.ts";
import { openClient } from "./find-server.ts";
import { writeServerNote } from "./server-file.ts";

export interface OwnServerOptions {
  readonly config: Config;
  /** Whether it plays rollouts; one that only shows what is stored needs no sandboxes. */
  readonly plays: boolean;
}

/**
 * A server in this process for the time of the command, on a free loopback port, under a key that only this command
 * knows. One that plays leaves a note in the data directory, so that `jobs` and `rollouts` can look at its work.
 */
export async function startOwnServer(call: CommandCall, { config, plays }: OwnServerOptions): Promise<Access> {
  const key = newKey();
  const own = ownConfig(config, key);
  const server = await start(call, { ...own, worker: { ...config.worker, enabled: plays } });
  const { url, provider } = server;
  const graceMs = plays ? config.server.shutdown_grace_seconds * 1000 : 0;
  try {
    const note = { url, pid: process.pid, purpose: "command", api_key: key } as const;
    const forget = plays ? await writeServerNote(config.data_dir, note) : () => Promise.resolve();
    const client = await openClient(url, key);
    const close = async () => {
      await client.close();
      await forget();
      await server.close(graceMs);
    };
    return { client, url, dataDirectory: config.data_dir, provider, plays, close };
  } catch (error) {
    await server.close(0);
    throw error;
  }
}

/** Sandboxes in this process for the time of the command, behind the same API, without database and jobs. */
export async function startOwnSandboxes(call: CommandCall, config: Config): Promise<Access> {
  const key = newKey();
  const server = await start(call, ownConfig(config, key), { service: "startSandboxServer" });
  const { url, provider } = server;
  try {
    const client = await openClient(url, key);
    const close = async () => {
      await client.close();
      await server.close(0);
    };
    return { client, url, dataDirectory: config.data_dir, provider, plays: false, close };
  } catch (error) {
    await server.close(0);
    throw error;
  }
}

function newKey(): string {
  return randomBytes(24).toString("base64url");
}

/** A server on a free loopback port, under one key. */
function ownConfig(config: Config, key: string): Config {
  const api_keys = [{ name: "cli", key, tenant: DEFAULT_TENANT, scopes: [...SCOPES] }];
  return { ...config, server: { ...config.server, host: "127.0.0.1", port: 0, hosts: [], api_keys } };
}

export interface StartServerOptions {
  /** Default: the command's own. */
  readonly logger?: Logger;
  /** Default: the whole server. */
  readonly service?: "startServer" | "startSandboxServer";
}

/** Starts a server in this process; its steps are shown. An interrupt ends the wait, and the half-started rest with it. */
export async function start(
  call: CommandCall,
  config: Config,
  { logger, service = "startServer" }: StartServerOptions = {},
): Promise<RunningServer> {
  const { services } = call.session.options;
  return startWith(call, { config, logger: logger ?? (await commandLogger(call, config)) }, (options) =>
    services[service](options),
  );
}

/** Starts what `make` makes, in the same way. */
export async function startWith<T extends { close(graceMs: number): Promise<void> }>(
  { screen, signal }: CommandCall,
  options: StartOptions,
  make: (options: StartOptions) => Promise<T>,
): Promise<T> {
  const starting = make({ ...options, onStep: (text) => screen.progress.step(`${text} …`) });
  try {
    return await unlessAborted(signal, starting);
  } catch (error) {
    if (signal.aborted) void starting.then((started) => started.close(0)).catch(() => undefined);
    throw error;
  } finally {
    screen.progress.clear();
  }
}

/** The log of a process that serves: what is configured, on standard error. */
export async function serviceLogger({ session, screen, options }: CommandCall, { log }: Config): Promise<Logger> {
  const { createLogger } = await import("../../observability/logger.ts");
  const isTerminal = session.options.stderr.isTTY === true;
  return createLogger({
    level: options.verbose ? "debug" : log.level,
    format: log.format === "auto" ? (isTerminal ? "pretty" : "json") : log.format,
    output: { write: (line) => screen.noteRaw(line.trimEnd()) },
  });
}

/** The log of what runs inside a command: warnings and errors, and with --verbose what is configured. */
export async function commandLogger({ session, screen, options }: CommandCall, config: Config): Promise<Logger> {
  const { createLogger } = await import("../../observability/logger.ts");
  const isTerminal = session.options.stderr.isTTY === true;
  return createLogger({
    level: options.verbose ? config.log.level : "error",
    format: isTerminal ? "pretty" : "json",
    output: { write: (line) => screen.noteRaw(line.trimEnd()) },
  });
}
