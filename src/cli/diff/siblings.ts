import type { Client } from "../../client/index.ts";
import type { Rollout, RolloutRecord } from "../../contract/rollouts.ts";
import { SandlotError } from "../../core/errors/sandlot-error.ts";
import { answerText } from "../rollout/conversation.ts";
import { type Parting, partingOf } from "./parting.ts";

/** The rollouts of one group, and how they differ. */
export interface Siblings {
  readonly jobId: string;
  readonly taskId: string;
  readonly siblings: readonly Sibling[];
  readonly best: Sibling | null;
  readonly worst: Sibling | null;
}

export interface Sibling {
  readonly rollout: Rollout;
  /** Where it parts from the best one; null for the best, for equal ones and for those that are not compared. */
  readonly parting: Parting | null;
  readonly compared: boolean;
  /** What was judged, else what was said; null where it is not compared. */
  readonly answer: string | null;
}

export interface SiblingsQuery {
  readonly task: string;
  /** Default: the newest job that has finished rollouts of the task. */
  readonly job: string | undefined;
  /** Rollouts to compare; their records are large. */
  readonly limit: number;
}

const PAGE = 500;
/** Jobs that are looked through for the task. */
const MAX_JOBS = 50;

/** Reads a group and compares its trajectories with that of its best rollout. Throws `unknown_task` for a task without finished rollouts. */
export async function readSiblings(client: Client, query: SiblingsQuery, signal: AbortSignal): Promise<Siblings> {
  const { task, limit } = query;
  const jobId = query.job ?? (await newestJobWith(client, task, signal));
  const rollouts = await groupOf(client, jobId, task, signal);
  const ranked = rollouts.filter(({ reward, masked }) => reward !== null && masked === false).toSorted(byReward);
  const bestOf = ranked.at(-1) ?? rollouts[0];
  const worstOf = ranked[0];
  const wanted = new Set([bestOf, worstOf, ...rollouts].filter((one) => one !== undefined).slice(0, limit + 1));
  const records = new Map<string, RolloutRecord>();
  for (const { id } of [...wanted].slice(0, Math.max(2, limit)))
    records.set(id, await client.getRollout(id, { signal }));
  const bestItems = itemsOf(records.get(bestOf?.id ?? ""));
  const siblings = rollouts.map((rollout): Sibling => {
    const record = records.get(rollout.id);
    const compared = record !== undefined;
    const parting = compared && rollout !== bestOf ? partingOf(itemsOf(record), bestItems) : null;
    return { rollout, parting, compared, answer: record ? (record.verdict?.answer ?? answerText(record)) : null };
  });
  const siblingOf = (rollout: Rollout | undefined) => siblings.find((one) => one.rollout === rollout) ?? null;
  return { jobId, taskId: task, siblings, best: siblingOf(bestOf), worst: siblingOf(worstOf) };
}

/** Lowest first; of equal ones the shorter is the better. */
function byReward(a: Rollout, b: Rollout): number {
  const tokens = (rollout: Rollout) => rollout.metrics["output_tokens"] ?? 0;
  return (a.reward ?? 0) - (b.reward ?? 0) || tokens(b) - tokens(a) || b.rollout_index - a.rollout_index;
}

function itemsOf(record: RolloutRecord | undefined): readonly unknown[] {
  return record?.trajectory?.items ?? [];
}

async function newestJobWith(client: Client, task: string, signal: AbortSignal): Promise<string> {
  const { items } = await client.listJobs({ limit: MAX_JOBS }, { signal });
  for (const { id } of items) {
    const page = await client.listRollouts(id, { task, limit: 1 }, { signal });
    if (page.items.length > 0) return id;
  }
  throw new SandlotError("unknown_task", { name: task });
}

/** In the order of the group. Where rows share an id, the first of them. */
async function groupOf(client: Client, job: string, task: string, signal: AbortSignal): Promise<Rollout[]> {
  const found: Rollout[] = [];
  for (let cursor: string | undefined; ;) {
    const page = await client.listRollouts(job, { task, limit: PAGE, cursor }, { signal });
    found.push(...page.items);
    cursor = page.next_cursor;
    if (page.items.length < PAGE) break;
  }
  const index = Math.min(...found.map((rollout) => rollout.task_index));
  const group = found.filter((rollout) => rollout.task_index === index);
  if (group.length === 0) throw new SandlotError("unknown_task", { name: task });
  return group.toSorted((a, b) => a.rollout_index - b.rollout_index);
}
