import type { VerifyInput, VerifyItem } from "../contract/verification.ts";
import { asCompleted } from "../core/as-completed.ts";
import type { Clock } from "../core/clock.ts";
import type { CallContext } from "../core/context.ts";
import { SandlotError } from "../core/errors/sandlot-error.ts";
import { rawElements, rawMembers } from "../core/json/raw.ts";
import { masked, outcomeOfError, scored } from "../core/outcome.ts";
import { type Environment, type Environments, responseOf, taskIdOf } from "../resources/index.ts";
import type { Row } from "../resources/index.ts";
import type { ResponseObject } from "../contract/responses.ts";
import { verifyOne } from "./verify-one.ts";
import type { IncomingVerification, VerificationService, VerifiedItem } from "./verification-service.ts";

export interface VerificationsOptions {
  readonly environments: Environments;
  readonly clock: Clock;
  /** Items of one request verified at once. */
  readonly parallel: number;
}

/** Items of all requests together that may be verified or wait for it. */
const MAX_ITEMS = 8_192;
const RETRY_SECONDS = 2;

/** One answer, ready to be verified. */
interface Ready {
  readonly index: number;
  readonly environment: Environment;
  readonly row: Row;
  readonly response: ResponseObject;
}

/** Verification over the environments, each answer in a session of its own. */
export class Verifications implements VerificationService {
  readonly #options: VerificationsOptions;
  #items = 0;

  constructor(options: VerificationsOptions) {
    this.#options = options;
  }

  async verify(ctx: CallContext, incoming: IncomingVerification): Promise<AsyncGenerator<VerifiedItem>> {
    const ready = await this.#prepare(ctx, incoming);
    if (this.#items + ready.length > MAX_ITEMS)
      throw new SandlotError("overloaded", { resource: "verifications", retry_after: RETRY_SECONDS });
    return this.#verifyAll(ctx, ready);
  }

  async *#verifyAll(ctx: CallContext, ready: readonly Ready[]): AsyncGenerator<VerifiedItem> {
    this.#items += ready.length;
    try {
      yield* asCompleted(ready, this.#options.parallel, (one) => this.#verifyOne(ctx, one));
    } finally {
      this.#items -= ready.length;
    }
  }

  /** All items are looked at before the first is verified: a mistake in the last one must not cost the work on the others. */
  async #prepare(ctx: CallContext, { input, body }: IncomingVerification): Promise<Ready[]> {
    if (!input.items) return [await this.#readyOf(ctx, input, body, { index: 0, field: "" })];
    const texts = rawElements(rawMembers(body).get("items") ?? "[]");
    const ready: Ready[] = [];
    for (const [index, item] of input.items.entries()) {
      const whole = { ...item, environment: item.environment ?? input.environment };
      ready.push(await this.#readyOf(ctx, whole, texts[index] ?? "{}", { index, field: `items[${index}].` }));
    }
    return ready;
  }

  async #readyOf(
    ctx: CallContext,
    item: Omit<VerifyItem | VerifyInput, "items">,
    text: string,
    { index, field }: { readonly index: number; readonly field: string },
  ): Promise<Ready> {
    const environment = await this.#options.environments.get(item.environment ?? "");
    try {
      const row =
        item.task === undefined
          ? environment.checkRow(rawMembers(text).get("row") ?? "null", 1)
          : await environment.task(ctx, item.task, item.dataset);
      return { index, environment, row, response: item.response ?? responseOf(item.answer ?? "") };
    } catch (error) {
      throw fieldError(error, field);
    }
  }

  async #verifyOne(ctx: CallContext, { index, environment, row, response }: Ready): Promise<VerifiedItem> {
    const { clock } = this.#options;
    const verified = await verifyOne(ctx, { environment, row, response, clock });
    const { error, verdict } = verified;
    const judgement = error ? masked(outcomeOfError(error)) : scored(verdict.reward);
    return { ...verified, index, environment: environment.name, taskId: taskIdOf(row, index), judgement };
  }
}

/** What is wrong with an item names the item. */
function fieldError(error: unknown, prefix: string): unknown {
  if (SandlotError.is(error, "invalid_row")) {
    const fields = error.context.fields.map(({ field, problem }) => ({
      field: `${prefix}row${field === "" ? "" : `.${field}`}`,
      problem,
    }));
    return new SandlotError("invalid_request", { fields }, { cause: error });
  }
  if (prefix === "" || !SandlotError.is(error, "unknown_task")) return error;
  const { name, nearest } = error.context;
  const problem = `unknown task ${name}${nearest === undefined ? "" : `; did you mean ${nearest}?`}`;
  return new SandlotError("invalid_request", { fields: [{ field: `${prefix}task`, problem }] }, { cause: error });
}
