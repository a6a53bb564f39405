import { z } from "zod";
import { parseJson } from "../../core/json/parse.ts";
import { joinElements, joinMembers, rawElements, rawMembers } from "../../core/json/raw.ts";
import { onLastItem, tokenFieldsOf } from "../../models/index.ts";
import type { BlobRecord, JobRow, RolloutRow } from "../../store/port.ts";
import { oneLine } from "../../core/json/one-line.ts";
import { readTokens } from "../token-parts.ts";

export interface GymLineInput {
  readonly job: Pick<JobRow, "sampling">;
  /** Name of the agent for rows that name none. */
  readonly agent: string;
  readonly rollout: RolloutRow;
  /** The task's row, exactly. */
  readonly row: string;
  /** Null when the rollout left nothing behind. */
  readonly record: BlobRecord | null;
}

/** Members of a row that Gym's collector copies into the result. */
const COPIED = ["skills_ref", "_ng_rollout_id", "_ng_attempt_index"];
/** Names that a verifier's metric must not take: Gym reads the first three where it looks for usage, and routes by the others. */
const NO_METRIC =
  /^(?:input_tokens|output_tokens|total_tokens|reward|response|responses_create_params|mask_sample|sandlot|failure_.*|_.*)$/s;

/**
 * A finished rollout as NeMo Gym's collector writes it: the body that `/run` answers, with the indices and the agent. Rows, items
 * and sampling stand in it as the text that they came as. A masked rollout says why and has no reward, so that nobody takes a fault
 * for a zero; Gym's readers leave `mask_sample` and `_ng_failure_class` out of their metrics.
 */
export function gymLine({ job, agent, rollout, row, record }: GymLineInput): string {
  const rowMembers = rawMembers(row);
  const members = new Map<string, string>();
  const put = (name: string, value: unknown) => members.set(name, JSON.stringify(value));
  const putRaw = (name: string, raw: string | undefined) => raw !== undefined && members.set(name, raw);
  for (const [name, value] of Object.entries(rollout.metrics)) if (!NO_METRIC.test(name)) put(name, value);
  putRaw("responses_create_params", sampledParams(rowMembers.get("responses_create_params"), job.sampling));
  putRaw("response", record ? gymResponse(record) : undefined);
  if (rollout.rewardComponents) put("reward_components", rollout.rewardComponents);
  putRaw("extracted_answer", record ? answerOf(record) : undefined);
  const { judgement } = rollout;
  const counts = judgement !== null && !judgement.masked && judgement.reward !== null;
  if (counts) put("reward", judgement.reward);
  put("mask_sample", !counts);
  put("failure_kind", counts ? null : (judgement?.outcome ?? null));
  put("failure_reason", counts ? null : failureReason(rollout));
  if (!counts) {
    put("_ng_failure_class", judgement?.outcome ?? "cancelled");
    put("_ng_failure_message", failureReason(rollout));
  }
  put("_ng_task_index", rollout.taskIndex);
  put("_ng_rollout_index", rollout.rolloutIndex);
  putRaw("agent_ref", rowMembers.get("agent_ref") ?? joinMembers([["name", JSON.stringify(agent)]]));
  for (const name of COPIED) putRaw(name, rowMembers.get(name));
  put("sandlot", placeOf(rollout));
  return oneLine(joinMembers(members));
}

/** Where the rollout is found again, and what Gym has no words for. */
function placeOf(rollout: RolloutRow) {
  return {
    rollout_id: rollout.id,
    job_id: rollout.jobId,
    task_id: rollout.taskId,
    sequence: rollout.sequence,
    outcome: rollout.judgement?.outcome ?? null,
    truncated_by: rollout.judgement?.truncated_by ?? null,
    replay: rollout.replay,
  };
}

function failureReason({ reason, judgement }: RolloutRow): string | null {
  return reason ?? judgement?.truncated_by ?? null;
}

/** What the model was asked with, as Gym shows it: the row's, and over it the job's sampling. */
function sampledParams(params: string | undefined, sampling: string): string | undefined {
  if (params === undefined || !params.startsWith("{")) return params;
  return joinMembers(new Map([...rawMembers(params), ...rawMembers(sampling)]));
}

/** What is read of a call's entry in the record. */
const CallTokens = z.looseObject({
  items: z.int().min(0).nullish(),
  prompt_token_ids: z.array(z.number()).nullable(),
  generation_token_ids: z.array(z.number()).nullable(),
  generation_log_probs: z.array(z.number()).nullable(),
});

/** The verified response with its output as raw text, and each call's tokens on its last item where the engine gave them. */
function gymResponse(record: BlobRecord): string | undefined {
  const final = textOf(record, "final");
  if (final === undefined || !final.startsWith("{")) return undefined;
  const items = rawElements(textOf(record, "items") ?? "[]");
  const output = joinElements(withTokens(items, record));
  return joinMembers(new Map([...rawMembers(final), ["output", output]]));
}

/** The items of a call stand together, and what tools answered to them follows. */
function withTokens(items: readonly string[], record: BlobRecord): readonly string[] {
  const calls = z.array(CallTokens).safeParse(parseJson(textOf(record, "calls") ?? "[]")).data ?? [];
  const out: string[] = [];
  let at = 0;
  for (const [index, call] of calls.entries()) {
    const { items: count } = call;
    if (count === null || count === undefined) return items;
    const skipped = count === 0 ? 0 : toolResultsAt(items, at);
    out.push(...items.slice(at, at + skipped));
    at += skipped;
    const own = items.slice(at, at + count);
    const { prompt_token_ids, generation_token_ids, generation_log_probs } = readTokens(record, index, call);
    const tokens = {
      promptTokenIds: prompt_token_ids,
      generationTokenIds: generation_token_ids,
      generationLogProbs: generation_log_probs,
    };
    out.push(...onLastItem(own, tokenFieldsOf(tokens)));
    at += own.length;
  }
  return [...out, ...items.slice(at)];
}

/** How many results of tools stand there, one after the other. */
function toolResultsAt(items: readonly string[], at: number): number {
  const rest = items.slice(at);
  const end = rest.findIndex((item) => rawMembers(item).get("type") !== '"function_call_output"');
  return end < 0 ? rest.length : end;
}

/** The answer that was judged; undefined when nothing was. */
function answerOf(record: BlobRecord): string | undefined {
  const verdict = textOf(record, "verdict");
  return verdict === undefined ? undefined : rawMembers(verdict).get("answer");
}

function textOf(record: BlobRecord, part: string): string | undefined {
  const bytes = record.get(part);
  return bytes && Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString("utf8");
}
