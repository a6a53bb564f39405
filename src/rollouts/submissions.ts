import { ResponseObject } from "../contract/responses.ts";
import type { SubmissionView } from "../contract/submissions.ts";
import type { Clock } from "../core/clock.ts";
import { type CallContext, newTrace } from "../core/context.ts";
import { SandlotError } from "../core/errors/sandlot-error.ts";
import { type Environments, type SubmissionCapture, verifyResponse } from "../resources/index.ts";
import type { Store } from "../store/port.ts";
import { decodeRecord } from "./record.ts";
import { RowCache } from "./row-cache.ts";

export interface SubmissionsOptions {
  readonly store: Store;
  /** Environments whose resources submit to `capture`. */
  readonly environments: Environments;
  readonly capture: SubmissionCapture;
  readonly clock: Clock;
}

/** What rollouts submitted to be judged, as the surfaces see it. */
export interface SubmissionService {
  /** Throws `not_found` for the rollout, and when it submitted no program. */
  submission(ctx: CallContext, rolloutId: string): Promise<SubmissionView>;
}

/** The programs of stored rollouts, as their resources make them of row and response. */
export class Submissions implements SubmissionService {
  readonly #options: SubmissionsOptions;

  constructor(options: SubmissionsOptions) {
    this.#options = options;
  }

  async submission(outer: CallContext, id: string): Promise<SubmissionView> {
    const { store, environments, capture, clock } = this.#options;
    const ctx = { ...outer, trace: newTrace() };
    const rollout = await store.rollouts.get(ctx, id);
    if (!rollout) throw new SandlotError("not_found", { kind: "rollout", id });
    const record = rollout.record && decodeRecord(await store.blobs.read(ctx, rollout.record));
    const response = ResponseObject.safeParse(record?.trajectory?.response).data;
    if (!response) throw noProgram(id);
    const environment = await environments.get(rollout.environment);
    const row = await new RowCache(store.blobs, environment).get(ctx, rollout);
    const captured = await capture.of(ctx, () => verifyResponse(ctx, { environment, row, response, clock }));
    if (!captured) throw noProgram(id);
    const { program, sandbox } = captured;
    const { code, tests, language, prelude } = program;
    const mayReadTests = ctx.principal.scopes.includes("hidden_tests");
    const judged = record?.verdict?.answer;
    return {
      rollout_id: id,
      task_id: rollout.taskId,
      language,
      image: sandbox.image,
      memory_mb: sandbox.memory_mb ?? null,
      code: typeof code === "string" ? code : (judged ?? code.answer),
      prelude: prelude ?? null,
      tests: mayReadTests && tests.kind === "cases" ? tests.cases.map(caseView) : null,
      test_source: mayReadTests && tests.kind === "assertions" ? tests.source : null,
    };
  }
}

function caseView({ input, expected }: { readonly input: string; readonly expected: string }) {
  return { input, expected };
}

function noProgram(id: string): SandlotError {
  return new SandlotError("not_found", { kind: "program of the rollout", id });
}
