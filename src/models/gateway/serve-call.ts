import type { IncomingMessage, ServerResponse } from "node:http";
import { type Clock } from "../../core/clock.ts";
import { type CallContext, newTrace, rootContext } from "../../core/context.ts";
import { SandlotError } from "../../core/errors/sandlot-error.ts";
import { isJsonObject, parseJson } from "../../core/json/parse.ts";
import type { Logger } from "../../core/logger.ts";
import { type AskedCall, servedChat, type ServedDialect, withSampling } from "../dialects/index.ts";
import type { PlacedCall, TokenizerPath } from "../port.ts";
import { agentsRequest } from "./agents-request.ts";
import { type BodyLimits, readBody } from "./body.ts";
import type { GatewaySession } from "./session.ts";

export interface ServeCallOptions {
  readonly body: BodyLimits;
  readonly clock: Clock;
  readonly logger: Logger;
  /** Silence on a stream at most, milliseconds. Default 15,000. */
  readonly keepAliveMs?: number | undefined;
}

const KEEP_ALIVE_MS = 15_000;

/** One call of somebody else's agent: read in its dialect, asked of the session's model, answered in the same dialect. */
export async function serveCall(
  req: IncomingMessage,
  res: ServerResponse,
  session: GatewaySession,
  dialect: ServedDialect,
  options: ServeCallOptions,
): Promise<void> {
  const answer = new Answer(res, dialect, options);
  try {
    await session.running(async (controller) => {
      endsWith(res, controller);
      const { asked, release } = await readCall(req, session, dialect, options, controller.signal);
      try {
        const request = withSampling(agentsRequest(asked.request), session.sampling);
        answer.begin(asked);
        const call = await session.respond(contextOf(session, controller.signal, options.logger), request);
        if (!(await answer.send(asked, call))) session.lost(call.id);
      } finally {
        release();
      }
    });
  } catch (thrown) {
    answer.fail(SandlotError.from(thrown));
  }
}

/** Reads what is asked, and lets go of the body: an answer may take hours. */
async function readCall(
  req: IncomingMessage,
  session: GatewaySession,
  dialect: ServedDialect,
  { body, clock }: ServeCallOptions,
  signal: AbortSignal,
): Promise<{ readonly asked: AskedCall; readonly release: () => void }> {
  const { text, release } = await readBody(req, body, clock, signal);
  try {
    throwIfAborted(signal);
    const asked = dialect.read(text, session.own);
    checkModel(asked, session);
    return { asked, release };
  } catch (error) {
    release();
    throw error;
  }
}

/** One question to the tokenizer of the session's model. */
export async function serveTokenizer(
  req: IncomingMessage,
  res: ServerResponse,
  session: GatewaySession,
  path: TokenizerPath,
  options: ServeCallOptions,
): Promise<void> {
  const answer = new Answer(res, servedChat, options);
  try {
    await session.running(async (controller) => {
      endsWith(res, controller);
      const { text, release } = await readBody(req, options.body, options.clock, controller.signal);
      try {
        throwIfAborted(controller.signal);
        if (!isJsonObject(parseJson(text))) throw NO_OBJECT;
        const told = await session.tokenizer(contextOf(session, controller.signal, options.logger), path, text);
        if (told === null) throw new SandlotError("not_found", { kind: "path", id: path });
        answer.json(200, told);
      } finally {
        release();
      }
    });
  } catch (thrown) {
    answer.fail(SandlotError.from(thrown));
  }
}

const NO_OBJECT = new SandlotError("invalid_request", {
  fields: [{ field: "", problem: "the body must be an object" }],
});

/** The work for an answer ends where its caller goes away before it. */
function endsWith(res: ServerResponse, controller: AbortController): void {
  res.once("close", () => {
    if (res.writableFinished) return;
    controller.abort(new SandlotError("cancelled", { detail: "the caller has gone" }));
  });
}

/** The session may have ended while the body came. */
function throwIfAborted(signal: AbortSignal): void {
  if (signal.aborted) throw signal.reason;
}

function checkModel({ model }: AskedCall, session: GatewaySession): void {
  if (model !== null && !session.names.has(model)) throw new SandlotError("unknown_model", { name: model });
}

function contextOf({ tenant }: GatewaySession, signal: AbortSignal, logger: Logger): CallContext {
  const ctx = rootContext({ signal, logger, principal: { tenant, scopes: [] } });
  return { ...ctx, trace: newTrace() };
}

/** The answer to one call: a body, or a stream that is kept open until there is one. */
class Answer {
  readonly #res: ServerResponse;
  readonly #dialect: ServedDialect;
  readonly #options: ServeCallOptions;
  #cancelKeepAlive: () => void = () => undefined;

  constructor(res: ServerResponse, dialect: ServedDialect, options: ServeCallOptions) {
    this.#res = res;
    this.#dialect = dialect;
    this.#options = options;
  }

  /** The model works from now on. A stream begins only after a while, so that what fails at once has its own status. */
  begin({ stream }: Pick<AskedCall, "stream">): void {
    if (!stream) return;
    const { clock, keepAliveMs = KEEP_ALIVE_MS } = this.#options;
    this.#cancelKeepAlive = clock.after(keepAliveMs, () => {
      this.#startStream();
      this.#res.write(this.#dialect.keepAlive);
      this.begin({ stream });
    });
  }

  /** Answers whether everything was handed to the caller's connection before it closed. */
  async send(asked: AskedCall, call: PlacedCall): Promise<boolean> {
    this.#cancelKeepAlive();
    if (asked.stream) this.#startStream();
    const text = asked.stream ? asked.events(call) : asked.body(call);
    const res = this.#res;
    if (res.destroyed) return false;
    if (!asked.stream) this.#head(200, text);
    return new Promise((resolve) => {
      res.once("finish", () => resolve(true)).once("close", () => resolve(res.writableFinished));
      res.end(text);
    });
  }

  json(status: number, text: string): void {
    if (this.#res.destroyed) return;
    this.#head(status, text);
    this.#res.end(text);
  }

  #head(status: number, text: string): void {
    const headers = { "content-type": "application/json", "content-length": Buffer.byteLength(text) };
    this.#res.writeHead(status, headers);
  }

  fail(error: SandlotError): void {
    this.#cancelKeepAlive();
    const { logger } = this.#options;
    if (error.domain === "internal") logger.error({ error: error.report() }, "a model call failed");
    const res = this.#res;
    if (res.destroyed || res.writableEnded) return;
    if (res.headersSent) {
      res.end(this.#dialect.streamFailure(error));
      return;
    }
    const { status, headers, body } = this.#dialect.failure(error);
    res.writeHead(status, { ...headers, "content-length": Buffer.byteLength(body) });
    res.end(body);
  }

  #startStream(): void {
    if (this.#res.headersSent || this.#res.destroyed) return;
    this.#res.writeHead(200, { "content-type": "text/event-stream", "cache-control": "no-cache" });
    this.#res.flushHeaders();
  }
}
