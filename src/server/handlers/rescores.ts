import type { RewardFlip } from "../../contract/rescores.ts";
import type { RescoreEvent, RescoreService } from "../../rollouts/rescore-service.ts";
import type { JobService } from "../../rollouts/service.ts";
import type { HandlersOf, StreamEvent } from "../route-types.ts";

/** Handlers of stored rollouts that are verified again. */
export function rescoreHandlers(
  service: RescoreService,
  jobs: Pick<JobService, "verdicts">,
): HandlersOf<"rescoreJob" | "streamRescore" | "listVerdicts"> {
  return {
    async rescoreJob(ctx, { params }) {
      const flips: RewardFlip[] = [];
      for await (const event of await service.rescore(ctx, params.id)) {
        if (event.type === "flip") flips.push(event.flip);
        else if (event.type === "end") return { body: { ...event.tally, flips }, inParts: true };
      }
      throw new TypeError("a rescore ends with its end");
    },
    async streamRescore(ctx, { params }) {
      return { events: events(await service.rescore(ctx, params.id)), tellsErrors: true };
    },
    async listVerdicts(ctx, { params }) {
      return { body: { items: await jobs.verdicts(ctx, params.id) } };
    },
  };
}

async function* events(source: AsyncIterable<RescoreEvent>): AsyncGenerator<StreamEvent> {
  for await (const event of source) {
    yield { event: event.type, data: event.type === "flip" ? event.flip : event.tally };
  }
}
