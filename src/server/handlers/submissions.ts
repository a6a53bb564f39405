import type { SubmissionService } from "../../rollouts/submissions.ts";
import type { HandlersOf } from "../route-types.ts";

/** Handlers of what rollouts submitted. */
export function submissionHandlers(service: SubmissionService): HandlersOf<"getSubmission"> {
  return {
    async getSubmission(ctx, { params }) {
      return { body: await service.submission(ctx, params.id) };
    },
  };
}
