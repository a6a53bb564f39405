import type { Clock } from "../../core/clock.ts";
import type { JsonObject } from "../../core/json/parse.ts";
import type { EngineOptions } from "../upstream/engine.ts";

/** Which API of an OpenAI-compatible endpoint is spoken; `auto` finds out on the first answered call. */
export type ApiChoice = "auto" | "responses" | "chat";

/** What a client says, wherever its calls go. */
export interface ClientOptions {
  /** The configured name, as errors and records show it. */
  readonly name: string;
  /** The name the endpoint knows the model by. */
  readonly model: string;
  /** Default `auto`: Responses first, or Chat first with `tokens`; what was answered once is kept. */
  readonly api?: ApiChoice | undefined;
  /**
   * Ask for token ids and log-probs, in vLLM's words, and for later turns from ids where the engine takes them. Default
   * false; endpoints that check fields refuse them.
   */
  readonly tokens?: boolean | undefined;
  /** Members added to every request; a member of the request itself wins (as Gym's `extra_body`). */
  readonly extraBody?: JsonObject | undefined;
  /** Marks the client as one that replays recorded answers. Default false. */
  readonly replay?: boolean | undefined;
  readonly clock?: Clock | undefined;
}

/** What `createOpenAiClient` takes. */
export interface OpenAiClientOptions extends ClientOptions, EngineOptions {
  /** Further tries within one `respond`. Default 2. */
  readonly retries?: number | undefined;
  /** Whether the URL is a router's, which balances by itself: it gets the session's headers, and no retries. Default false. */
  readonly external?: boolean | undefined;
  /** Numbers in [0, 1) that spread retries. Default Math.random. */
  readonly random?: (() => number) | undefined;
}
