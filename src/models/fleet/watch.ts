import { Pool } from "undici";
import { type Clock, sleep } from "../../core/clock.ts";
import { type CallContext, rootContext, withScope } from "../../core/context.ts";
import { messageOf, SandlotError } from "../../core/errors/sandlot-error.ts";
import { isJsonObject, parseJson } from "../../core/json/parse.ts";
import type { Logger } from "../../core/logger.ts";
import type { Balancer } from "../balancer/index.ts";
import { type BaseUrl, parseBaseUrl } from "../upstream/base-url.ts";
import { readEngineMetrics } from "./engine-metrics.ts";

export interface WatchOptions {
  readonly id: string;
  readonly url: string;
  readonly apiKey: string | undefined;
  readonly model: string;
  readonly balancer: Balancer;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly everyMs?: number | undefined;
  /** Its engine was started anew. */
  readonly onRestart: (id: string) => void;
}

interface Problem {
  readonly text: string;
  /** No answer in time. */
  readonly isSilent: boolean;
}

const EVERY_MS = 2_000;
const TIMEOUT_MS = 2_000;
const MAX_PAGE_BYTES = 16 * 1024 * 1024;

/**
 * Looks after one replica, by connections of its own, every 2 s: its health, whether it serves the model, for another
 * server may have its address now, and the engine's step counter. What it sees it tells the balancer.
 */
export class Watch {
  readonly #options: WatchOptions;
  readonly #base: BaseUrl;
  readonly #pool: Pool;
  readonly #stopping = new AbortController();
  readonly #loop: Promise<void>;
  #said = "";

  constructor(options: WatchOptions) {
    this.#options = options;
    this.#base = parseBaseUrl(options.id, options.url);
    this.#pool = new Pool(this.#base.origin, {
      connections: 2,
      headersTimeout: 0,
      bodyTimeout: 0,
      maxResponseSize: MAX_PAGE_BYTES,
      connect: { timeout: TIMEOUT_MS },
    });
    this.#loop = this.#run();
  }

  async stop(): Promise<void> {
    this.#stopping.abort();
    await this.#loop;
    await this.#pool.destroy();
  }

  async #run(): Promise<void> {
    const { clock, everyMs = EVERY_MS, logger } = this.#options;
    const { signal } = this.#stopping;
    const ctx = rootContext({ signal, logger });
    while (!signal.aborted) {
      await this.#look(ctx);
      await sleep(clock, everyMs, signal).catch(() => undefined);
    }
  }

  async #look(ctx: CallContext): Promise<void> {
    const { id, balancer, onRestart } = this.#options;
    const problem = await this.#problem(ctx);
    if (this.#stopping.signal.aborted) return;
    this.#say(ctx, problem?.text ?? null);
    balancer.probed(id, problem === null ? "good" : problem.isSilent ? "silent" : "bad");
    // A scrape that fails says nothing.
    const page = problem === null ? await this.#get(ctx, this.#base.root("/metrics")).catch(() => null) : null;
    const scrape = page?.status === 200 ? readEngineMetrics(page.text) : null;
    if (scrape && !this.#stopping.signal.aborted && balancer.scraped(id, scrape)) onRestart(id);
  }

  /** What is wrong with it; null for nothing. */
  async #problem(ctx: CallContext): Promise<Problem | null> {
    try {
      const text = await this.#wrong(ctx);
      return text === null ? null : { text, isSilent: false };
    } catch (error) {
      return { text: messageOf(error), isSilent: SandlotError.is(error, "deadline_exceeded") };
    }
  }

  async #wrong(ctx: CallContext): Promise<string | null> {
    const { model } = this.#options;
    const health = await this.#get(ctx, this.#base.root("/health"));
    // Servers that are not vLLM may have no such path: that they answer has to do.
    if (health.status !== 200 && health.status !== 404) return `/health answers ${health.status}`;
    const models = await this.#get(ctx, this.#base.route("/models"));
    if (models.status !== 200) return `/v1/models answers ${models.status}`;
    const served = idsOf(models.text);
    return served.includes(model) ? null : `it serves ${served.join(", ")}, not ${model}`;
  }

  #get(ctx: CallContext, path: string): Promise<{ status: number; text: string }> {
    const { clock, apiKey } = this.#options;
    const headers = apiKey ? { authorization: `Bearer ${apiKey}` } : {};
    return withScope(ctx, { timeoutMs: TIMEOUT_MS, clock, waitingFor: path }, async ({ signal }) => {
      const answer = await this.#pool.request({ method: "GET", path, headers, signal });
      return { status: answer.statusCode, text: await answer.body.text() };
    });
  }

  #say(ctx: CallContext, problem: string | null): void {
    const said = problem ?? "";
    if (said === this.#said) return;
    this.#said = said;
    if (problem === null) ctx.logger.info({ replica: this.#options.id }, "the replica answers");
    else ctx.logger.warn({ replica: this.#options.id, problem }, "the replica does not answer as it should");
  }
}

function idsOf(text: string): string[] {
  const body = parseJson(text);
  const data: unknown[] = isJsonObject(body) && Array.isArray(body["data"]) ? body["data"] : [];
  return data.flatMap((entry) => (isJsonObject(entry) && typeof entry["id"] === "string" ? [entry["id"]] : []));
}
