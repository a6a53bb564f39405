import { type IncomingMessage, request as requestPlain } from "node:http";
import { request, type RequestOptions } from "node:https";
import type { KubeConfig } from "@kubernetes/client-node";
import { orAborted, rootContext } from "../../core/context.ts";
import type { PodEvent } from "./api.ts";

/** Longest line: the API server keeps no object of more than a few megabytes. */
const LINE_CHARS = 16 << 20;

/**
 * The events of a watch, until the server or the signal ends it. The library's own watch cannot be called off before the
 * server has answered, and a server that never does would hold it for good.
 */
export async function watchEvents(
  config: KubeConfig,
  url: URL,
  onEvent: (event: PodEvent) => void,
  signal: AbortSignal,
): Promise<void> {
  try {
    const options: RequestOptions = {};
    await orAborted(rootContext({ signal }), config.applyToHTTPSOptions(options));
    const response = await answerOf(url, { ...options, signal });
    try {
      for await (const line of linesOf(response)) {
        const { type, object } = JSON.parse(line) as { type: PodEvent["type"] | "ERROR"; object: PodEvent["pod"] };
        // The server's word that the version is too old, or of its own trouble: the list that follows mends both.
        if (type === "ERROR") return;
        onEvent({ type, pod: object });
      }
    } finally {
      response.destroy();
    }
  } catch (error) {
    if (!signal.aborted) throw error;
  }
}

function answerOf(url: URL, options: RequestOptions): Promise<IncomingMessage> {
  return new Promise((resolve, reject) => {
    const send = url.protocol === "http:" ? requestPlain : request;
    const onAnswer = (response: IncomingMessage) => {
      if (response.statusCode === 200) return resolve(response);
      response.destroy();
      reject(Object.assign(new Error(`the watch was answered ${response.statusCode}`), { code: response.statusCode }));
    };
    send(url, options, onAnswer).on("error", reject).end();
  });
}

async function* linesOf(response: IncomingMessage): AsyncGenerator<string> {
  let text = "";
  for await (const chunk of response.setEncoding("utf8") as AsyncIterable<string>) {
    const lines = (text + chunk).split("\n");
    text = lines.pop() ?? "";
    if (text.length > LINE_CHARS) throw new Error("a line of the watch is too long");
    yield* lines.filter((line) => line !== "");
  }
}
