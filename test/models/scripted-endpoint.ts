import { once } from "node:events";
import { createServer, type IncomingHttpHeaders, type ServerResponse } from "node:http";
import type { AddressInfo, Socket } from "node:net";

interface SeenRequest {
  readonly path: string;
  readonly headers: IncomingHttpHeaders;
  /** Exact body. */
  readonly body: string;
}

/** A real HTTP server whose answers the test decides. */
export interface ScriptedEndpoint {
  readonly url: string;
  readonly seen: SeenRequest[];
  readonly sockets: Set<Socket>;
  /** Settles when the n-th request (from 1) has come in whole. */
  readonly arrived: (n: number) => Promise<void>;
  readonly stop: () => Promise<void>;
}

export type Script = (request: SeenRequest, response: ServerResponse, count: number) => void;

/** `port`: 0 for any free one. */
export async function startEndpoint(script: Script, port = 0): Promise<ScriptedEndpoint> {
  const seen: SeenRequest[] = [];
  const sockets = new Set<Socket>();
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on("data", (chunk: Buffer) => chunks.push(chunk));
    request.on("end", () => {
      const { url: path = "", headers } = request;
      const one = { path, headers, body: Buffer.concat(chunks).toString("utf8") };
      seen.push(one);
      script(one, response, seen.length);
      server.emit("seen");
    });
  });
  server.on("connection", (socket) => {
    sockets.add(socket);
    socket.on("error", () => undefined);
    socket.on("close", () => sockets.delete(socket));
  });
  server.listen(port, "127.0.0.1");
  await once(server, "listening");
  const bound = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${bound.port}`,
    seen,
    sockets,
    arrived: async (n) => {
      while (seen.length < n) await once(server, "seen");
    },
    stop: async () => {
      server.closeAllConnections();
      server.close();
      await once(server, "close");
    },
  };
}

export function sendJson(
  response: ServerResponse,
  status: number,
  body: unknown,
  headers: Record<string, string> = {},
): void {
  response.writeHead(status, { "content-type": "application/json", ...headers });
  response.end(typeof body === "string" ? body : JSON.stringify(body));
}

/** A Responses object with one message. */
export function responseWith(text: string, more: Record<string, unknown> = {}) {
  const content = [{ type: "output_text", text, annotations: [] }];
  return {
    id: "resp_1",
    object: "response",
    created_at: 1,
    model: "m",
    status: "completed",
    output: [{ id: "msg_1", type: "message", role: "assistant", status: "completed", content }],
    usage: { input_tokens: 5, output_tokens: 2, total_tokens: 7 },
    ...more,
  };
}

/** A Chat completion with one message. */
export function completionWith(
  content: string | null,
  more: Record<string, unknown> = {},
  message: Record<string, unknown> = {},
) {
  return {
    id: "chatcmpl-1",
    object: "chat.completion",
    created: 1,
    model: "m",
    choices: [{ index: 0, message: { role: "assistant", content, ...message }, finish_reason: "stop", ...more }],
    usage: { prompt_tokens: 5, completion_tokens: 2, total_tokens: 7 },
  };
}

export const NO_ROUTE = { detail: "Not Found" };
