import { expect, it } from "vitest";
import { createOpenAiClient } from "../../src/models/index.ts";
import { startStandIn } from "../../src/models/stand-in/index.ts";
import { closedAfterEach } from "./closed-after-each.ts";
import { openGatewaySession, samplesOf } from "./gateway-session.ts";
import { sendJson, startEndpoint } from "./scripted-endpoint.ts";

const closing = closedAfterEach();
const HEADERS = ["x-session-id", "x-smg-routing-key", "x-dynamo-session-id"] as const;

/** A router in front of one engine that hands all on; while `isDown` says so, it answers 503. */
async function startRouter() {
  const engine = await startStandIn({ model: "m", speed: Infinity, drift: true });
  closing(() => engine.stop());
  const state = { isDown: false };
  const router = await startEndpoint(({ path, body }, response) => {
    if (state.isDown) return sendJson(response, 503, { error: { message: "no healthy worker" } });
    const passed = fetch(`${engine.replicas[0]?.url}${path}`, { method: "POST", body });
    void passed.then(async (answer) => sendJson(response, answer.status, await answer.text()));
  });
  closing(() => router.stop());
  const at = { name: "policy", url: router.url, model: "m", tokens: true, external: true, retries: 5 } as const;
  const client = createOpenAiClient(at);
  closing(() => client.close());
  return { router, state, client };
}

it("a router is told the session of every post of a call, also of exact turns", async () => {
  const { router, client } = await startRouter();
  const { openai, session } = await openGatewaySession(client, closing);
  const messages: { role: "user" | "assistant"; content: string }[] = [];
  for (const content of ["one", "two", "three"]) {
    messages.push({ role: "user", content });
    const { choices } = await openai.chat.completions.create({ model: "policy", messages });
    messages.push({ role: "assistant", content: choices[0]?.message.content ?? "" });
  }
  expect(samplesOf(session).map(({ call_ids }) => call_ids.length)).toEqual([3]);
  expect(router.seen.map(({ path }) => path)).toContain("/inference/v1/generate");
  for (const { headers } of router.seen)
    expect(HEADERS.map((name) => headers[name])).toEqual(HEADERS.map(() => session.id));
});

it("no retries are stacked on a router's own, and its refusal is told", async () => {
  const { router, state, client } = await startRouter();
  state.isDown = true;
  const { openai } = await openGatewaySession(client, closing);
  const call = openai.chat.completions.create({ model: "policy", messages: [{ role: "user", content: "hi" }] });
  await expect(call).rejects.toMatchObject({ status: 502, code: "model_server_error" });
  expect(router.seen).toHaveLength(1);
});
