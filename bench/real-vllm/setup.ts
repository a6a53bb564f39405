import type { Client } from "../../src/client/index.ts";
import type { Member } from "../../src/models/index.ts";
import type { Engines } from "./engines.ts";

/** What is measured. */
export interface Setup {
  readonly engines: Engines;
  readonly members: readonly Member[];
  /** The name that the engines serve. */
  readonly model: string;
  /** A server over the same replicas: its model is called `policy`. */
  readonly client: Client;
  /** A folder of weights that the engines can load; null when there is none. */
  readonly weights: string | null;
}
