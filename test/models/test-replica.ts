import type { IncomingHttpHeaders, ServerResponse } from "node:http";
import { completionWith, type ScriptedEndpoint, sendJson, startEndpoint } from "./scripted-endpoint.ts";

export type Reply = (response: ServerResponse, body: string) => void;

/** A replica whose calls a test answers; it is well, and serves `m`, unless the test says otherwise. */
export interface TestReplica {
  readonly id: string;
  readonly endpoint: ScriptedEndpoint;
  /** Bodies of the calls, in order. */
  readonly calls: string[];
  /** Paths of the orders, in order. */
  readonly orders: string[];
  reply: Reply;
  /** Answers an order; whoever ordered it shows his headers. */
  follow: (response: ServerResponse, path: string, headers: IncomingHttpHeaders) => void;
  health: number;
  /** What the step counter of its engine says. */
  steps: () => number;
  /** More lines of its metrics. */
  metrics: string;
}

export const says =
  (text: string): Reply =>
  (response) =>
    sendJson(response, 200, completionWith(text));
export const fails =
  (status: number): Reply =>
  (response) =>
    sendJson(response, status, { error: { message: "the engine fell over", type: "x", param: null, code: status } });

/** Starts a replica that knows the model `served`. */
export async function startReplica(id: string, reply: Reply = says(id), served = "m"): Promise<TestReplica> {
  let steps = 0;
  const calls: string[] = [];
  const orders: string[] = [];
  const endpoint = await startEndpoint(({ path, body, headers }, response) => {
    if (path === "/health") response.writeHead(replica.health).end();
    else if (path === "/metrics") {
      response.end(`vllm:iteration_tokens_total_count{engine="0"} ${replica.steps()}\n${replica.metrics}`);
    } else if (path === "/v1/models") sendJson(response, 200, { data: [{ id: served }] });
    else if (path.startsWith("/v1/chat/")) {
      calls.push(body);
      replica.reply(response, body);
    } else {
      orders.push(path);
      replica.follow(response, path, headers);
    }
  });
  const follow: TestReplica["follow"] = (response) => sendJson(response, 200, {});
  const well = { health: 200, steps: () => steps++, metrics: "" };
  const replica: TestReplica = { id, endpoint, calls, orders, reply, follow, ...well };
  return replica;
}
