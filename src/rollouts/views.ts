import type { Job } from "../contract/jobs.ts";
import type { Attempt, Rollout } from "../contract/rollouts.ts";
import type { Verdict } from "../contract/verdict.ts";
import type { VerifyResult } from "../contract/verification.ts";
import type { Principal } from "../core/context.ts";
import { attemptError } from "./attempt-error.ts";
import type { VerifiedItem } from "./verification-service.ts";
import type { AttemptRow, JobRow, RolloutRow } from "../store/port.ts";

/** A job as the API shows it. */
export function jobView(row: JobRow): Job {
  return {
    id: row.id,
    tenant: row.tenant,
    environment: row.environment,
    model: row.model,
    state: row.state,
    repeats: row.repeats,
    tasks: row.tasks,
    accepting: row.accepting,
    groups: {
      wanted: row.groups.wanted,
      window: row.groups.window,
      deadline_seconds: row.groups.seconds,
      complete: row.completeGroups,
    },
    deadline_at: row.deadline?.toISOString() ?? null,
    max_versions_behind: row.maxVersionsBehind,
    retry_of: row.retryOf,
    priority: row.priority,
    labels: { ...row.labels },
    replay: row.replay,
    tally: row.tally,
    mean_reward: row.meanReward,
    created_at: row.createdAt.toISOString(),
    started_at: row.startedAt?.toISOString() ?? null,
    ended_at: row.endedAt?.toISOString() ?? null,
  };
}

/** A rollout as lists show it. */
export function rolloutView(row: RolloutRow): Rollout {
  return {
    id: row.id,
    job_id: row.jobId,
    environment: row.environment,
    task_id: row.taskId,
    task_index: row.taskIndex,
    rollout_index: row.rolloutIndex,
    state: row.state,
    outcome: row.judgement?.outcome ?? null,
    reward: row.judgement?.reward ?? null,
    masked: row.judgement?.masked ?? null,
    truncated_by: row.judgement?.truncated_by ?? null,
    reason: row.reason,
    reward_components: row.rewardComponents ? { ...row.rewardComponents } : null,
    metrics: { ...row.metrics },
    times: row.times,
    attempts: row.attempts,
    sequence: row.sequence,
    replay: row.replay,
    ended_at: row.endedAt?.toISOString() ?? null,
  };
}

export function attemptView(row: AttemptRow): Attempt {
  return {
    number: row.number,
    worker: row.worker,
    started_at: row.startedAt.toISOString(),
    ended_at: row.endedAt?.toISOString() ?? null,
    outcome: row.outcome,
    error: row.error,
    retried: row.retried,
  };
}

/** Hidden tests are readable by fewer people than rollouts. */
export function verdictView(verdict: Verdict, principal: Principal): Verdict {
  if (principal.scopes.includes("hidden_tests")) return verdict;
  const hidden = { input: null, expected: null, difference: null };
  return { ...verdict, cases: verdict.cases.map((testCase) => ({ ...testCase, ...hidden })) };
}

/** What came of an answer that was verified alone. */
export function verifyResultView(item: VerifiedItem, principal: Principal): VerifyResult {
  const { environment, taskId, judgement, verdict, error, verifyMs } = item;
  const { outcome, reward, masked } = judgement;
  return {
    environment,
    task_id: taskId,
    outcome,
    reward,
    masked,
    reason: error?.code ?? verdict?.reason ?? null,
    verdict: verdict && verdictView(verdict, principal),
    error: error && attemptError(error),
    verify_ms: verifyMs,
  };
}
