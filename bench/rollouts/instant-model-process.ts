/**
 * A model that costs next to nothing, in a process of its own: `node:http`, prepared bodies of the Responses API, chosen by how many
 * tool results the request holds. `instant-model-process.ts JSON`; tells its URL and ends with its parent.
 */
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { LISTEN_BACKLOG } from "../../src/core/listen-backlog.ts";
import type { InstantModel } from "./instant-model.ts";

const { turns, delayMs = 0, atOnce = Infinity } = JSON.parse(process.argv[2] ?? "{}") as InstantModel;
const bodies = turns.map((output) => Buffer.from(JSON.stringify(responseOf(output))));
const MARK = "function_call_output";
const REFUSAL = Buffer.from('{"error":{"message":"too many requests","type":"rate_limit_error","code":"rate_limit"}}');
let running = 0;

function responseOf(output: unknown): object {
  const usage = { input_tokens: 20, output_tokens: 10, total_tokens: 30 };
  return { id: "resp_1", object: "response", created_at: 0, status: "completed", model: "m", output, usage };
}

function resultsIn(body: Buffer): number {
  let count = 0;
  for (let at = body.indexOf(MARK); at !== -1; at = body.indexOf(MARK, at + MARK.length)) count++;
  return count;
}

const server = createServer((req, res) => {
  const chunks: Buffer[] = [];
  req.on("data", (chunk: Buffer) => chunks.push(chunk));
  req.on("end", () => {
    const answer = bodies[Math.min(resultsIn(Buffer.concat(chunks)), bodies.length - 1)] ?? REFUSAL;
    if (running >= atOnce) {
      res.writeHead(429, { "content-type": "application/json", "content-length": REFUSAL.length }).end(REFUSAL);
      return;
    }
    running++;
    const send = () => {
      running--;
      res.writeHead(200, { "content-type": "application/json", "content-length": answer.length }).end(answer);
    };
    if (delayMs > 0) setTimeout(send, delayMs);
    else send();
  });
});
server.keepAliveTimeout = 300_000;
server.listen({ port: 0, host: "127.0.0.1", backlog: LISTEN_BACKLOG }, () => {
  process.send?.(`http://127.0.0.1:${(server.address() as AddressInfo).port}/v1`);
});
process.once("disconnect", () => process.exit(0));
