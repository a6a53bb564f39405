import { type Clock, systemClock } from "../../core/clock.ts";
import type { CallContext } from "../../core/context.ts";
import { messageOf } from "../../core/errors/sandlot-error.ts";
import { isJsonObject, type JsonObject, parseJson, utf8Text } from "../../core/json/parse.ts";
import { createEngine, type Engine } from "../upstream/engine.ts";
import { CHECKS, type Found } from "./checks.ts";

export interface ProbeOptions {
  readonly url: string;
  readonly apiKey?: string | undefined;
  /** Default: the only model that the endpoint lists, else its first. */
  readonly model?: string | undefined;
  readonly clock?: Clock | undefined;
}

/** One thing that an endpoint can or cannot do. */
export interface Capability {
  readonly name: string;
  readonly ok: boolean;
  /** What was seen. */
  readonly detail: string;
  /** What users lack without it, in words; null where it is there. */
  readonly missed: string | null;
}

export interface ProbeReport {
  /** Null where the endpoint lists none. */
  readonly model: string | null;
  readonly models: readonly string[];
  readonly maxModelLength: number | null;
  readonly capabilities: readonly Capability[];
}

/** A path's answer as the checks see it. */
export interface Probed {
  readonly status: number;
  readonly text: string;
  /** The body, where it is a JSON object; else empty. */
  readonly body: JsonObject;
}

/** An endpoint under examination. */
export class ProbedEndpoint {
  readonly model: string;
  readonly #ctx: CallContext;
  readonly #engine: Engine;

  constructor(ctx: CallContext, engine: Engine, model: string) {
    this.#ctx = ctx;
    this.#engine = engine;
    this.model = model;
  }

  /** Posts below the version. Throws what keeps an answer from coming. */
  post(route: string, body: object): Promise<Probed> {
    return this.#probed(this.#engine.post(this.#ctx, this.#engine.route(route), JSON.stringify(body)));
  }

  /** Posts beside it. */
  postRoot(path: string, body: object): Promise<Probed> {
    return this.#probed(this.#engine.post(this.#ctx, this.#engine.root(path), JSON.stringify(body)));
  }

  get(route: string): Promise<Probed> {
    return this.#probed(this.#engine.get(this.#ctx, this.#engine.route(route)));
  }

  getRoot(path: string): Promise<Probed> {
    return this.#probed(this.#engine.get(this.#ctx, this.#engine.root(path)));
  }

  async #probed(answer: ReturnType<Engine["get"]>): Promise<Probed> {
    const sent = await answer;
    if (sent.kind === "failed") throw sent.error;
    const text = utf8Text(sent.body);
    return { status: sent.status, text, body: objectOf(text) };
  }
}

/** Milliseconds for one answer. */
const TIMEOUT_MS = 120_000;

/**
 * Tries out what an endpoint can do, with a few tokens each. Throws `model_unreachable` where nothing answers, and
 * `invalid_config` for a URL that is none.
 */
export async function probeEndpoint(ctx: CallContext, options: ProbeOptions): Promise<ProbeReport> {
  const { url, apiKey, clock = systemClock } = options;
  const engine = createEngine({ name: options.model ?? "model", url, apiKey, timeoutMs: TIMEOUT_MS }, clock);
  try {
    const listed = await new ProbedEndpoint(ctx, engine, "").get("/models");
    const entries: unknown[] = Array.isArray(listed.body["data"]) ? listed.body["data"] : [];
    const models = entries.filter(isJsonObject);
    const ids = models.flatMap(({ id }) => (typeof id === "string" ? [id] : []));
    const model = options.model ?? ids[0] ?? null;
    const length = models.find(({ id }) => id === model)?.["max_model_len"];
    const endpoint = new ProbedEndpoint(ctx, engine, model ?? "");
    const capabilities: Capability[] = [];
    for (const check of CHECKS) {
      const { name, missed } = check;
      const { ok, detail } = await found(check.find(endpoint, ids));
      capabilities.push({ name, ok, detail, missed: ok ? null : missed });
    }
    return { model, models: ids, maxModelLength: typeof length === "number" ? length : null, capabilities };
  } finally {
    await engine.close();
  }
}

async function found(finding: Promise<Found>): Promise<Found> {
  try {
    return await finding;
  } catch (error) {
    return { ok: false, detail: messageOf(error) };
  }
}

function objectOf(text: string): JsonObject {
  try {
    const value = parseJson(text);
    return isJsonObject(value) ? value : {};
  } catch {
    return {};
  }
}
