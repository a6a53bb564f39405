import type { IncomingMessage, ServerResponse } from "node:http";
import { isJsonObject, type JsonObject } from "../../../core/json/parse.ts";
import { randomHex } from "../../../core/random-hex.ts";
import type { Strikes } from "../faults/strikes.ts";
import type { Replica } from "../replica/replica.ts";
import { EventStream } from "./event-stream.ts";
import { invalidShape } from "./http-error.ts";

/** One HTTP call of a replica. */
export class Exchange {
  readonly replica: Replica;
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
  readonly path: string;
  readonly query: URLSearchParams;
  /** The body's text; empty when there is none. */
  readonly text: string;
  readonly strikes: Strikes;

  constructor(options: {
    replica: Replica;
    request: IncomingMessage;
    response: ServerResponse;
    url: URL;
    text: string;
    strikes: Strikes;
  }) {
    this.replica = options.replica;
    this.request = options.request;
    this.response = options.response;
    this.path = options.url.pathname;
    this.query = options.url.searchParams;
    this.text = options.text;
    this.strikes = options.strikes;
  }

  header(name: string): string | null {
    const value = this.request.headers[name];
    return typeof value === "string" && value !== "" ? value : null;
  }

  /** What the caller calls this call: `X-Request-Id`, else the body's `request_id`, else a random one. */
  callId(body: JsonObject): string {
    const named = this.header("x-request-id") ?? body["request_id"];
    return typeof named === "string" && named !== "" ? named : randomHex(8);
  }

  /** The body as an object; throws a 400 when it is none. */
  object(): JsonObject {
    let value: unknown;
    try {
      value = JSON.parse(this.text);
    } catch (error) {
      const at = /position (\d+)/.exec((error as Error).message)?.[1] ?? this.text.length;
      const ctx = { error: "Expecting value" };
      throw invalidShape([{ type: "json_invalid", loc: `body.${at}`, msg: "JSON decode error", input: {}, ctx }]);
    }
    if (isJsonObject(value)) return value;
    const msg = "Input should be a valid dictionary or object to extract fields from";
    throw invalidShape([{ type: "model_attributes_type", loc: "body", msg, input: value }]);
  }

  /** The body as an object; an empty one where there is no body. */
  optionalObject(): JsonObject {
    return this.text === "" ? {} : this.object();
  }

  json(status: number, body: JsonObject, headers: Readonly<Record<string, string>> = {}): void {
    const text = this.strikes.text(body);
    const reset = this.strikes.get("reset");
    this.response.writeHead(status, {
      "content-type": "application/json",
      "content-length": Buffer.byteLength(text),
      ...this.#loadHeader(),
      ...headers,
    });
    if (!reset) {
      this.response.end(text);
      return;
    }
    this.response.flushHeaders();
    if (reset.at === "mid-stream") this.response.write(text.slice(0, text.length >> 1));
    // What was written goes out first.
    setImmediate(() => this.response.socket?.resetAndDestroy());
  }

  /** Begins a stream of events, of about `length` of them. */
  events(length: number): EventStream {
    return new EventStream(this.response, this.strikes, length, this.#loadHeader());
  }

  empty(status = 200): void {
    this.response.writeHead(status, { "content-length": 0 });
    this.response.end();
  }

  /** ORCA's load report, for callers that ask for it. */
  #loadHeader(): Record<string, string> {
    if (this.header("endpoint-load-metrics-format")?.toUpperCase() !== "JSON") return {};
    const { waiting, kvUsage } = this.replica.driver.engine.counters;
    const float = (value: number) => (Number.isInteger(value) ? `${value}.0` : String(value));
    const named = `{"num_requests_waiting": ${float(waiting)}, "kv_cache_usage_perc": ${float(kvUsage)}}`;
    return { "endpoint-load-metrics": `JSON {"named_metrics": ${named}}` };
  }
}

export type Handler = (exchange: Exchange) => void | Promise<void>;
