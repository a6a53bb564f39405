import { v7 as uuidv7 } from "uuid";

/** What an id names; the prefix makes a stray id in a log line readable. */
const PREFIXES = {
  job: "job",
  rollout: "rol",
  attempt: "att",
  call: "call",
  sandbox: "sbx",
  server: "srv",
  installation: "ins",
  request: "req",
  session: "ses",
  model_session: "mses",
  rescore: "rsc",
  delivery: "dlv",
} as const;

export type IdKind = keyof typeof PREFIXES;

/** A new id: kind prefix and a time-ordered UUIDv7 without dashes, e.g. `job_0192f0…`. */
export function newId(kind: IdKind): string {
  return `${PREFIXES[kind]}_${uuidv7().replaceAll("-", "")}`;
}
