import { z } from "zod";
import type { AgentRun } from "../agents/port.ts";
import { type Trajectory, TrajectoryCall } from "../contract/rollouts.ts";
import { Verdict } from "../contract/verdict.ts";
import { SandlotError } from "../core/errors/sandlot-error.ts";
import { contiguityOf } from "../core/tokens/contiguity.ts";
import { parseJson } from "../core/json/parse.ts";
import { joinElements } from "../core/json/raw.ts";
import { TRUNCATIONS } from "../core/outcome.ts";
import type { BlobRecord } from "../store/port.ts";
import { loggedCalls } from "./call-tokens.ts";
import { readTokens, toldTokens, tokenParts } from "./token-parts.ts";

/**
 * Layout of a rollout's record: part `calls` (JSON, one entry per model call), parts `request/<n>` and
 * `response/<n>` (the bodies, exactly), the calls' tokens (token-parts.ts, each part with `/<n>`), `items` (JSON array of
 * raw items), `final` (the verified Responses object), `ending` (which limit cut the run off, null for none) and `verdict`.
 * Parts that never came to be are absent.
 */
const CallMeta = TrajectoryCall.omit({ request: true, response: true });

/** The parts of what an attempt left behind; null when it left nothing. */
export function encodeRecord(run: AgentRun | null, verdict: Verdict | null): BlobRecord | null {
  const parts = new Map<string, Uint8Array>();
  const put = (name: string, text: string) => parts.set(name, Buffer.from(text));
  if (run) {
    put("calls", JSON.stringify(run.calls.map(callMeta)));
    for (const [index, { call }] of run.calls.entries()) {
      put(`request/${index}`, call.request);
      put(`response/${index}`, call.response);
      for (const [name, bytes] of tokenParts(call.tokens)) parts.set(`${name}/${index}`, bytes);
    }
    put("items", joinElements(run.items));
    put("final", JSON.stringify(run.response));
    put("ending", JSON.stringify({ truncated_by: run.truncatedBy }));
  }
  if (verdict) put("verdict", JSON.stringify(verdict));
  return parts.size > 0 ? parts : null;
}

function callMeta({ role, model, trainable, call }: AgentRun["calls"][number]): z.infer<typeof CallMeta> {
  return {
    id: call.id,
    parent: call.parent,
    break: call.broken && { ...call.broken },
    role,
    model,
    trainable,
    replica: call.replica ?? null,
    weight_version: call.weightVersion,
    weight_versions: call.weightVersions?.map((span) => ({ ...span })) ?? [],
    status: call.status,
    finish_reason: call.finishReason,
    items: call.items.length,
    usage: call.usage,
    ...toldTokens(call.tokens),
    started_at: new Date(call.startedAt).toISOString(),
    duration_ms: call.durationMs,
  };
}

const Ending = z.object({ truncated_by: z.enum(TRUNCATIONS).nullable() });

export interface DecodedRecord {
  readonly trajectory: Trajectory | null;
  readonly verdict: Verdict | null;
  /** Null in records of old, which do not have it. */
  readonly ending: z.infer<typeof Ending> | null;
}

function contiguity(calls: readonly z.infer<typeof CallMeta>[]): Trajectory["contiguity"] {
  const report = contiguityOf(loggedCalls(calls));
  return { ...report, breaks: [...report.breaks], problems: [...report.problems] };
}

/** Reads a record back; throws `storage_corrupt` when a part is not what `encodeRecord` wrote. */
export function decodeRecord(record: BlobRecord): DecodedRecord {
  const text = (name: string) => {
    const part = record.get(name);
    return part === undefined ? null : Buffer.from(part).toString("utf8");
  };
  const read = <T>(name: string, schema: z.ZodType<T>): T | null => {
    const part = text(name);
    if (part === null) return null;
    const parsed = schema.safeParse(parseJson(part));
    if (!parsed.success)
      throw new SandlotError("storage_corrupt", { detail: `part ${name}: ${z.prettifyError(parsed.error)}` });
    return parsed.data;
  };
  const verdict = read("verdict", Verdict);
  const told = read("calls", z.array(CallMeta));
  const calls = told?.map((call, index) => ({ ...call, ...readTokens(record, index, call) }));
  const ending = read("ending", Ending);
  if (!calls) return { trajectory: null, verdict, ending };
  const trajectory: Trajectory = {
    calls: calls.map((call, index) => ({
      ...call,
      request: text(`request/${index}`) ?? "",
      response: text(`response/${index}`) ?? "",
    })),
    contiguity: contiguity(calls),
    items: read("items", z.array(z.unknown())) ?? [],
    response: read("final", z.unknown()),
  };
  return { trajectory, verdict, ending };
}
