import { SandlotError } from "../../core/errors/sandlot-error.ts";
import type { FieldProblem } from "../../core/errors/contexts.ts";
import type { Membership, MemberSpec } from "./options.ts";
import type { ReplicaCaps } from "./fleet/replica.ts";

/** Members of one fleet: bounds what a broken source of membership can do. */
const MAX_MEMBERS = 1_024;
const DEFAULT_IN_FLIGHT = 256;
/** Calls in flight beside those that the engine runs: so that it never waits for the next. */
const SEQUENCE_MARGIN = 1.25;

/** Throws `invalid_request` with every field that is wrong, named as in a configuration. */
export function checkMembership({ generation, members }: Membership): void {
  const fields: FieldProblem[] = [];
  const wrong = (field: string, problem: string) => fields.push({ field, problem });
  if (!Number.isSafeInteger(generation) || generation < 0) wrong("generation", "must be a whole number from 0 on");
  if (members.length > MAX_MEMBERS) wrong("replicas", `must be at most ${MAX_MEMBERS}`);
  const seen = new Set<string>();
  for (const [i, member] of members.entries()) {
    if (member.id === "") wrong(`replicas[${i}].id`, "must not be empty");
    if (seen.has(member.id)) wrong(`replicas[${i}].id`, "is there twice");
    seen.add(member.id);
    const { maxInFlight, maxSequences, kvTokens } = member;
    const limits = { max_in_flight: maxInFlight, max_sequences: maxSequences, kv_tokens: kvTokens };
    for (const [name, value] of Object.entries(limits)) {
      if (value !== undefined && !(Number.isSafeInteger(value) && value > 0))
        wrong(`replicas[${i}].${name}`, "must be a whole number above 0");
    }
  }
  if (fields.length > 0) throw new SandlotError("invalid_request", { fields });
}

export function capsOf({ maxInFlight = DEFAULT_IN_FLIGHT, maxSequences, kvTokens }: MemberSpec): ReplicaCaps {
  const bySequences = maxSequences === undefined ? maxInFlight : Math.ceil(maxSequences * SEQUENCE_MARGIN);
  return { maxInFlight: Math.min(maxInFlight, bySequences), kvTokens: kvTokens ?? null };
}
