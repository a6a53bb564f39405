import type { Scope } from "../core/context.ts";
import type { ParsedConfig } from "./schema.ts";

/** An API key with its secret at hand. */
export interface ApiKey {
  /** Who it was given to; it appears in logs, the key never does. */
  readonly name: string;
  readonly key: string;
  readonly tenant: string;
  readonly scopes: readonly Scope[];
}

/** The validated configuration: paths are absolute, secrets in files are read. */
export type Config = Omit<ParsedConfig, "server"> & {
  server: Omit<ParsedConfig["server"], "api_keys"> & { api_keys: readonly ApiKey[] };
};

/** Configuration of one model. */
export type ModelSettings = Config["models"][string];
