import type { Clock } from "../../core/clock.ts";
import type { JsonObject } from "../../core/json/parse.ts";

/** Which API of an OpenAI-compatible endpoint is spoken; `auto` finds out on the first answered call. */
export type ApiChoice = "auto" | "responses" | "chat";

/** What `createOpenAiClient` takes. Times in milliseconds. */
export interface OpenAiClientOptions {
  /** The configured name, as errors and records show it. */
  readonly name: string;
  /** Base URL. `/v1` is added when no segment of the path is a version. */
  readonly url: string;
  /** The name the endpoint knows the model by. */
  readonly model: string;
  readonly apiKey?: string | undefined;
  /** Default `auto`: Responses first, or Chat first with `tokens`; what was answered once is kept. */
  readonly api?: ApiChoice | undefined;
  /** Longest wait for one HTTP answer, from sending to its last byte. Default 600,000. */
  readonly timeoutMs?: number | undefined;
  /** Longest wait for a connection. Default 10,000. */
  readonly connectTimeoutMs?: number | undefined;
  /** Further tries within one `respond`. Default 2. */
  readonly retries?: number | undefined;
  /** Ask for token ids and log-probs, in vLLM's words. Default false; endpoints that check fields refuse them. */
  readonly tokens?: boolean | undefined;
  /** Members added to every request; a member of the request itself wins (as Gym's `extra_body`). */
  readonly extraBody?: JsonObject | undefined;
  /** Marks the client as one that replays recorded answers. Default false. */
  readonly replay?: boolean | undefined;
  /** Largest answer body in bytes. Default 64 MiB. */
  readonly maxBodyBytes?: number | undefined;
  /** Most connections at once; calls beyond it wait, and the wait counts into `timeoutMs`. Default 1,024. */
  readonly connections?: number | undefined;
  readonly clock?: Clock | undefined;
  /** Numbers in [0, 1) that spread retries. Default Math.random. */
  readonly random?: (() => number) | undefined;
}
