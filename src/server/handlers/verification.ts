import type { VerifyEvent, VerifyResult, VerifyTally } from "../../contract/verification.ts";
import { verifyResultView } from "../../rollouts/views.ts";
import type { VerificationService, VerifiedItem } from "../../rollouts/verification-service.ts";
import type { AnswerMemory } from "../execution/answer-memory.ts";
import type { HandlersOf, StreamEvent } from "../route-types.ts";

/** Handlers of verification alone. */
export function verificationHandlers(
  service: VerificationService,
  memory: AnswerMemory,
): HandlersOf<"verify" | "streamVerify"> {
  return {
    async verify(ctx, { body, text, onDone }) {
      const account = memory.open();
      onDone(() => account.release());
      const tally = new Tally();
      const results: VerifyResult[] = [];
      for await (const item of await service.verify(ctx, { input: body, body: text })) {
        const result = verifyResultView(item, ctx.principal);
        const full = account.hold(JSON.stringify(result).length);
        if (full) throw full;
        tally.add(item);
        results[item.index] = result;
      }
      const [only] = results;
      if (!body.items && only) return { body: only, inParts: account.isLarge };
      return { body: { ...tally.view(), items: results }, inParts: account.isLarge };
    },
    async streamVerify(ctx, { body, text }) {
      const items = await service.verify(ctx, { input: body, body: text });
      return {
        events: events(items, (item) => ({ index: item.index, ...verifyResultView(item, ctx.principal) })),
        tellsErrors: true,
      };
    },
  };
}

async function* events(
  items: AsyncGenerator<VerifiedItem>,
  view: (item: VerifiedItem) => VerifyEvent,
): AsyncGenerator<StreamEvent> {
  const tally = new Tally();
  for await (const item of items) {
    tally.add(item);
    yield { event: "result", data: view(item) };
  }
  yield { event: "end", data: tally.view() };
}

/** Counts what came of the items. */
class Tally {
  #requested = 0;
  #scored = 0;
  #sum = 0;

  add({ judgement }: VerifiedItem): void {
    this.#requested++;
    if (judgement.reward === null) return;
    this.#scored++;
    this.#sum += judgement.reward;
  }

  view(): VerifyTally {
    const [requested, scored] = [this.#requested, this.#scored];
    return { requested, scored, masked: requested - scored, mean_reward: scored === 0 ? null : this.#sum / scored };
  }
}
