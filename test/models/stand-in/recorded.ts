import { existsSync, readdirSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { isJsonObject, type JsonObject } from "../../../src/core/json/parse.ts";

const DATA = fileURLToPath(new URL("../../../../shared/data/vllm/", import.meta.url));
export const present = existsSync(DATA);
export const missing = present ? "" : ` (skipped: ${DATA} is missing)`;

/** An exchange that was recorded from a real vLLM. */
export interface Recorded {
  readonly name: string;
  readonly request: {
    readonly method: string;
    readonly path: string;
    readonly headers: Record<string, string>;
    readonly body: unknown;
  };
  readonly response: {
    readonly status: number;
    readonly headers: Record<string, string>;
    readonly body?: unknown;
    readonly text?: string;
  };
}

export function recorded(name: string): Recorded {
  return { name, ...(JSON.parse(readFileSync(`${DATA}${name}.json`, "utf8")) as Omit<Recorded, "name">) };
}

export const recordedNames: readonly string[] = present
  ? readdirSync(DATA)
      .filter((file) => file.endsWith(".json"))
      .map((file) => file.slice(0, -5))
  : [];

export const recordedMetrics = () => readFileSync(`${DATA}metrics.txt`, "utf8");

/** What came back, in the form of a recording. */
export interface Played {
  readonly status: number;
  readonly headers: Headers;
  /** JSON where it is some, else text. */
  readonly body: unknown;
}

/** Sends a recorded request to a stand-in. */
export async function play(url: string, { request }: Recorded, signal?: AbortSignal): Promise<Played> {
  const { method, path, headers, body } = request;
  const text = body === null || body === undefined ? null : typeof body === "string" ? body : JSON.stringify(body);
  const answer = await fetch(url + path, {
    method,
    headers: { ...headers, "content-type": "application/json" },
    ...(text === null ? {} : { body: text }),
    ...(signal ? { signal } : {}),
  });
  const raw = await answer.text();
  const isJson = answer.headers.get("content-type")?.startsWith("application/json") === true;
  return { status: answer.status, headers: answer.headers, body: isJson ? (JSON.parse(raw) as unknown) : raw };
}

export function recordedBody({ response }: Recorded): unknown {
  return response.body ?? response.text ?? "";
}

/** Members and types of a value, without the values; lists by what their elements have in common. */
export function shapeOf(value: unknown): unknown {
  if (Array.isArray(value)) {
    const shapes = new Map(value.map((item) => [JSON.stringify(shapeOf(item)), shapeOf(item)]));
    return [...shapes.values()].slice(0, 3);
  }
  if (isJsonObject(value))
    return Object.fromEntries(
      Object.keys(value)
        .toSorted()
        .map((key) => [key, key === "top_logprobs" ? topShape(value[key]) : shapeOf(value[key])]),
    );
  return value === null ? "null" : typeof value;
}

/** Log-probs by the text of tokens: the keys are values. */
function topShape(top: unknown): unknown {
  if (!Array.isArray(top) || !isJsonObject(top[0]) || "logprob" in top[0]) return shapeOf(top);
  return shapeOf(top.map((one) => Object.values(one as JsonObject)));
}

/**
 * The events of a stream: names and members, each run of equal ones as one. Where text is held back depends on where
 * tokens end, so chunks that bring none are left out.
 */
export function eventShapes(text: unknown): unknown[] {
  const shapes: unknown[] = [];
  for (const block of String(text).split("\n\n")) {
    const name = /^event: (.*)$/m.exec(block)?.[1];
    const data = /^data: (.*)$/m.exec(block)?.[1];
    if (data === undefined) continue;
    if (data.includes('"delta":{},') && data.includes('"finish_reason":null')) continue;
    const shape = { name, data: data === "[DONE]" ? data : shapeOf(JSON.parse(data) as unknown) };
    if (JSON.stringify(shapes.at(-1)) !== JSON.stringify(shape)) shapes.push(shape);
  }
  return shapes;
}

/** What the recorded model said, as the text it wrote; null where it said nothing. */
export function saidIn(body: unknown): { raw: string; finish: "stop" | "length"; endOfText?: boolean } | null {
  if (typeof body === "string" && body.startsWith("data: ")) return saidInChunks(body);
  const completed = typeof body === "string" ? /^data: (.*"response.completed".*)$/m.exec(body)?.[1] : undefined;
  if (completed !== undefined) return saidIn((JSON.parse(completed) as JsonObject)["response"]);
  if (!isJsonObject(body)) return null;
  const choice = objectsIn(body["choices"])[0];
  if (choice) {
    const message = isJsonObject(choice["message"]) ? choice["message"] : { content: choice["text"] };
    if (choice["finish_reason"] === "abort") return null;
    const finish = choice["finish_reason"] === "length" ? "length" : "stop";
    const calls = objectsIn(message["tool_calls"]);
    const raw = written(text(message["reasoning"]), text(message["content"]), calls);
    // Where a stop string hit, what was said is longer than what was told.
    if (typeof choice["stop_reason"] === "string") return null;
    return { raw, finish, endOfText: typeof choice["stop_reason"] === "number" };
  }
  const items = [...objectsIn(body["output"]), ...objectsIn(body["content"])];
  if (items.length === 0) return null;
  const of = (type: string) => items.filter((item) => item["type"] === type);
  const parts = (item: JsonObject) => objectsIn(item["content"]);
  const inner = (list: readonly JsonObject[]) => list.flatMap(parts).map((part) => text(part["text"]) ?? "");
  const reasoning = [...inner(of("reasoning")), ...of("thinking").map((block) => text(block["thinking"]) ?? "")].join(
    "",
  );
  const content = [...inner(of("message")), ...of("text").map((block) => text(block["text"]) ?? "")].join("");
  const calls = [...of("function_call"), ...of("tool_use")].map((call) => ({
    function: { name: call["name"], arguments: call["arguments"] ?? JSON.stringify(call["input"]) },
  }));
  const stopped =
    body["status"] === "completed" || body["stop_reason"] === "tool_use" || body["stop_reason"] === "end_turn";
  return { raw: written(reasoning || null, content || null, calls), finish: stopped ? "stop" : "length" };
}

/** Of a chat's stream. */
function saidInChunks(stream: string): { raw: string; finish: "stop" | "length" } | null {
  const chunks = Array.from(stream.matchAll(/^data: ([{].*)$/gm), ([, data]) => JSON.parse(data ?? "") as JsonObject);
  const message: Record<string, string> = {};
  const calls: { function: { name: string; arguments: string } }[] = [];
  let finish: unknown = null;
  for (const choice of chunks.flatMap((chunk) => objectsIn(chunk["choices"]))) {
    finish = choice["finish_reason"] ?? finish;
    const delta = isJsonObject(choice["delta"]) ? choice["delta"] : {};
    for (const key of ["reasoning", "content"]) message[key] = (message[key] ?? "") + (text(delta[key]) ?? "");
    for (const call of objectsIn(delta["tool_calls"])) {
      const called = isJsonObject(call["function"]) ? call["function"] : {};
      if (typeof called["name"] === "string") calls.push({ function: { name: called["name"], arguments: "" } });
      const open = calls.at(-1);
      if (open) open.function.arguments += text(called["arguments"]) ?? "";
    }
  }
  if (finish === null || !stream.includes("chat.completion.chunk")) return null;
  return {
    raw: written(message["reasoning"] || null, message["content"] || null, calls),
    finish: finish === "length" ? "length" : "stop",
  };
}

function written(reasoning: string | null, content: string | null, calls: readonly JsonObject[]): string {
  const closed = content !== null || calls.length > 0;
  const think = reasoning === null ? "" : closed ? `<think>${reasoning}</think>` : reasoning;
  const texts = calls.map((call) => {
    const called = isJsonObject(call["function"]) ? call["function"] : {};
    return `<tool_call>\n{"name": "${text(called["name"]) ?? ""}", "arguments": ${text(called["arguments"]) ?? ""}}\n</tool_call>`;
  });
  return think + (content ?? (reasoning !== null && calls.length > 0 ? "\n\n" : "")) + texts.join("\n");
}

function text(value: unknown): string | null {
  return typeof value === "string" ? value : null;
}

function objectsIn(value: unknown): JsonObject[] {
  return Array.isArray(value) ? value.filter(isJsonObject) : [];
}
