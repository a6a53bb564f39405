import { type RouteName, ROUTES } from "../contract/routes.ts";
import { SandlotError } from "../core/errors/sandlot-error.ts";
import { type CallParts, pathOf } from "./call-route.ts";
import { foreignAnswer } from "./errors.ts";
import { splitLines } from "./split-lines.ts";
import { orUnreachable, type Transport } from "./transport.ts";

/** Names of the routes that answer lines. */
type LinesRoute = { [N in RouteName]: (typeof ROUTES)[N]["response"] extends "lines" ? N : never }[RouteName];

export interface LinesOptions {
  /** Aborting it, and leaving the loop over the lines, ends the answer. */
  signal?: AbortSignal | undefined;
}

/** Milliseconds of silence, beyond what the call itself asks to wait, after which a connection counts as lost. */
const IDLE_MS = 120_000;

/**
 * Lines of a route that answers NDJSON, without their ends. Throws the server's error, or that the server is gone when the
 * answer breaks off: what came before it is whole lines. `waitMs`: silence that the call itself asks for.
 */
export async function* callLines(
  transport: Transport,
  name: LinesRoute,
  parts: CallParts,
  { signal: outer, waitMs = 0 }: LinesOptions & { readonly waitMs?: number | undefined } = {},
): AsyncGenerator<string, void, undefined> {
  const path = pathOf(ROUTES[name], parts);
  const url = transport.urlOf(path);
  const controller = new AbortController();
  const { signal } = controller;
  const onAbort = () => controller.abort(outer?.reason);
  if (outer?.aborted) onAbort();
  outer?.addEventListener("abort", onAbort, { once: true });
  const silent = new SandlotError("deadline_exceeded", { waiting_for: `lines from ${url}` });
  const watch = () => transport.clock.after(waitMs + IDLE_MS, () => controller.abort(silent));
  let stopWatching = watch();
  async function* watched(chunks: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
    for await (const chunk of chunks) {
      // A consumer that takes its time is no silence of the server's.
      stopWatching();
      yield chunk;
      stopWatching = watch();
    }
  }
  try {
    const answer = await transport.send({ method: "GET", path, signal });
    const type = String(answer.headers["content-type"]);
    if (!type.startsWith("application/x-ndjson")) throw foreignAnswer(url, `an answer of type ${type}`);
    const lines = splitLines(watched(answer.body));
    for (;;) {
      const step = await orUnreachable(url, signal, lines.next());
      if (step.done) return;
      yield step.value;
    }
  } finally {
    stopWatching();
    outer?.removeEventListener("abort", onAbort);
    controller.abort(new SandlotError("cancelled", { detail: "the reader of the lines has stopped" }));
  }
}
