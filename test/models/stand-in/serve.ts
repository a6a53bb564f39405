import { afterEach } from "vitest";
import type { JsonObject } from "../../../src/core/json/parse.ts";
import { type StandIn, type StandInOptions, startStandIn } from "../../../src/models/index.ts";

const started: StandIn[] = [];

afterEach(async () => {
  await Promise.all(started.splice(0).map((standIn) => standIn.stop()));
});

/** A stand-in of one replica that ends with the test. Waits for nothing unless a speed is given. */
export async function serve(options: StandInOptions = {}) {
  const standIn = await startStandIn({ model: "policy", speed: Infinity, ...options });
  started.push(standIn);
  const [first] = standIn.replicas;
  if (!first) throw new Error("no replica");
  return { ...first, standIn };
}

/** Posts JSON; answers status, body and headers. */
export async function post(url: string, body: unknown, headers: Record<string, string> = {}) {
  const answer = await fetch(url, {
    method: "POST",
    headers: { "content-type": "application/json", ...headers },
    body: JSON.stringify(body),
  });
  return { status: answer.status, headers: answer.headers, text: await answer.text() };
}

/** Posts JSON and reads JSON. */
export async function postJson<T = JsonObject>(url: string, body: unknown): Promise<T> {
  return JSON.parse((await post(url, body)).text) as T;
}

/** Waits for a condition, at most five seconds. */
export async function until(condition: () => boolean): Promise<void> {
  for (let i = 0; i < 1000 && !condition(); i++) await new Promise((resolve) => setTimeout(resolve, 5));
  if (!condition()) throw new Error("it did not come true in time");
}

/** A chat completion, as far as tests look at it. */
export interface ChatAnswer {
  readonly id: string;
  readonly model: string;
  readonly prompt_token_ids: number[];
  readonly choices: {
    readonly finish_reason: string;
    readonly stop_reason: string | number | null;
    readonly token_ids: number[];
    readonly message: {
      readonly role: string;
      readonly content: string | null;
      readonly reasoning: string | null;
      readonly tool_calls?: { id: string; type: string; function: { name: string; arguments: string } }[];
    };
    readonly logprobs: { content: { token: string; logprob: number }[] } | null;
  }[];
  readonly usage: {
    readonly prompt_tokens: number;
    readonly completion_tokens: number;
    readonly prompt_tokens_details: { cached_tokens: number };
  };
}

export const HELLO = { model: "policy", messages: [{ role: "user", content: "Hello" }] };
