import type { ServerResponse } from "node:http";
import { isJsonObject, type JsonObject } from "../../../core/json/parse.ts";
import type { Strikes } from "../faults/strikes.ts";

/** Server-sent events. What is written in one turn of the event loop goes out together. */
export class EventStream {
  readonly #response: ServerResponse;
  readonly #strikes: Strikes;
  /** Events after which faults cut the stream. */
  readonly #half: number;
  #sent = 0;
  #ended = false;
  #corked = false;

  /** `length`: events to expect, so that faults know the middle. */
  constructor(response: ServerResponse, strikes: Strikes, length: number, headers: Readonly<Record<string, string>>) {
    this.#response = response;
    this.#strikes = strikes;
    this.#half = Math.max(1, length >> 1);
    response.writeHead(200, { "content-type": "text/event-stream; charset=utf-8", ...headers });
    response.flushHeaders();
    if (strikes.get("reset")?.at === "after-headers") this.#cut();
  }

  /** Sends an event; `name` where the dialect names its events. */
  send(data: JsonObject, name?: string): void {
    if (this.#ended) return;
    this.#write(`${name === undefined ? "" : `event: ${name}\n`}data: ${this.#strikes.text(data)}\n\n`);
    if (isJsonObject(data["usage"]) && this.#strikes.get("usage")?.usage === "repeated") {
      this.#write(`data: ${this.#strikes.text(data)}\n\n`);
    }
    if (++this.#sent < this.#half) return;
    if (this.#strikes.get("half-stream")) this.#end();
    else if (this.#strikes.get("reset")) this.#cut();
  }

  /** An error after the first byte: the status stays 200. */
  fail(error: JsonObject): void {
    if (this.#ended) return;
    this.#write(`data: ${JSON.stringify(error)}\n\n`);
    this.done();
  }

  /** Ends with `[DONE]`, or without it where the dialect has none. */
  done(marker = true): void {
    if (this.#ended) return;
    if (marker) this.#write("data: [DONE]\n\n");
    this.#end();
  }

  #write(text: string): void {
    if (!this.#corked) {
      this.#corked = true;
      this.#response.cork();
      process.nextTick(() => {
        this.#corked = false;
        this.#response.uncork();
      });
    }
    this.#response.write(text);
  }

  #end(): void {
    this.#ended = true;
    this.#response.end();
  }

  #cut(): void {
    this.#ended = true;
    setImmediate(() => this.#response.socket?.resetAndDestroy());
  }
}
