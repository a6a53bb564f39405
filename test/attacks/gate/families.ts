import type { AttackEntry } from "../entry.ts";
import * as fetch from "../files/fetch.ts";
import * as input from "../files/input.ts";
import * as marks from "../files/marks.ts";
import * as overwritten from "../files/overwritten.ts";
import * as workspaces from "../files/workspaces.ts";
import * as egress from "../network/egress.ts";
import * as reuse from "../pool/reuse.ts";
import * as tenants from "../pool/tenants.ts";
import * as kernel from "../privilege/kernel.ts";
import * as secrets from "../privilege/secrets.ts";
import * as lifetime from "../processes/lifetime.ts";
import * as priority from "../processes/priority.ts";
import * as reach from "../processes/reach.ts";
import * as signals from "../processes/signals.ts";
import * as bytes from "../protocol/bytes.ts";
import * as clients from "../protocol/clients.ts";
import * as kills from "../recovery/kills.ts";
import * as shocks from "../recovery/shocks.ts";
import * as burning from "../resources/burning.ts";
import * as crashes from "../resources/crashes.ts";
import * as deaf from "../resources/deaf.ts";
import * as disk from "../resources/disk.ts";
import * as hiddenMemory from "../resources/hidden-memory.ts";
import * as longCalls from "../resources/long-calls.ts";
import * as memory from "../resources/memory.ts";
import * as output from "../resources/output.ts";
import * as bombs from "../resources/processes.ts";
import * as sleeping from "../resources/sleeping.ts";

const MODULES = [
  fetch,
  input,
  marks,
  overwritten,
  workspaces,
  egress,
  reuse,
  tenants,
  kernel,
  secrets,
  lifetime,
  priority,
  reach,
  signals,
  bytes,
  clients,
  kills,
  shocks,
  burning,
  crashes,
  deaf,
  disk,
  hiddenMemory,
  longCalls,
  memory,
  output,
  bombs,
  sleeping,
];

/** Every entry, in the order of the list. */
export const ENTRIES: readonly AttackEntry[] = MODULES.flatMap((module): AttackEntry[] => Object.values(module)).sort(
  (a, b) => numberOf(a) - numberOf(b),
);

export function numberOf({ id }: AttackEntry): number {
  return Number(id.slice(1));
}

/** Families of the list, by their letters. G, what buys a reward, is verification's. */
export const FAMILIES: Readonly<Record<string, string>> = {
  A: "Resources",
  B: "Processes and lifetime",
  C: "Files",
  D: "Network",
  E: "Secrets, privilege, escape",
  F: "Protocol and API",
  H: "Pool and tenants",
  I: "Crash and recovery",
};

export function familyOf({ id }: Pick<AttackEntry, "id">): string {
  return id.charAt(0);
}
