import OpenAI, { NotFoundError } from "openai";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { rootContext } from "../../src/core/context.ts";
import { createOpenAiClient, type ReplayModel, startReplayModel } from "../../src/models/index.ts";

const recordings = [
  { prompt: "Add  two\nnumbers.", answers: ["one", "two", "three"] },
  { prompt: "Silent", answers: [""] },
];

describe("the replay model", () => {
  let replay: ReplayModel;
  let openai: OpenAI;
  beforeAll(async () => {
    replay = await startReplayModel({ recordings, maxBodyBytes: 100_000 });
    openai = new OpenAI({ baseURL: replay.url, apiKey: "none", maxRetries: 0 });
  });
  afterAll(() => replay.stop());

  const post = (body: string, route = "/responses") => fetch(`${replay.url}${route}`, { method: "POST", body });
  const ask = (prompt: string, more: object = {}) => post(JSON.stringify({ model: "replay", input: prompt, ...more }));

  test("the openai client reads it on both routes, and the answers go round", async () => {
    const texts: string[] = [];
    for (let i = 0; i < 2; i++) {
      const response = await openai.responses.create({ model: "replay", input: "Add two numbers." });
      texts.push(response.output_text);
      expect(response.metadata).toEqual({ replay: "true" });
      const messages = [
        { role: "system" as const, content: "Be brief." },
        { role: "user" as const, content: [{ type: "text" as const, text: "Add two numbers." }] },
      ];
      const completion = await openai.chat.completions.create({ model: "replay", messages });
      texts.push(completion.choices[0]?.message.content ?? "");
      expect(completion.system_fingerprint).toBe("replay");
      expect(completion.usage?.total_tokens).toBeGreaterThan(0);
    }
    expect(texts).toEqual(["one", "two", "three", "one"]);
    expect((await openai.models.list()).data.map((model) => model.id)).toEqual(["replay"]);
  });

  test("our own client reads it on both routes, without token ids", async () => {
    for (const api of ["responses", "chat", "auto"] as const) {
      const client = createOpenAiClient({ name: "r", url: replay.url, model: "replay", api, replay: true });
      const input = ['{"role":"user","content":[{"type":"input_text","text":" Silent "}]}'];
      const call = await client.respond(rootContext(), { params: new Map(), input });
      await client.close();
      expect(client.replay).toBe(true);
      expect(call.tokens).toEqual({ promptTokenIds: null, generationTokenIds: null, generationLogProbs: null });
      expect(call.answer.output).toMatchObject([{ type: "message", content: [{ type: "output_text", text: "" }] }]);
    }
  });

  test("an unknown prompt is refused, and not taken for a missing route", async () => {
    const client = createOpenAiClient({ name: "r", url: replay.url, model: "replay" });
    const call = client.respond(rootContext(), {
      params: new Map(),
      input: ['{"role":"user","content":"Who are you?"}'],
    });
    await expect(call).rejects.toMatchObject({ code: "model_rejected", context: { status: 404 } });
    await expect(call).rejects.toThrow(/only replays recorded tasks/);
    await client.close();
    await expect(openai.responses.create({ model: "replay", input: "Who?" })).rejects.toBeInstanceOf(NotFoundError);
  });

  const refusals: [string, () => Promise<Response>, number, RegExp][] = [
    ["streams", () => ask("Silent", { stream: true }), 400, /stream: false/],
    ["bad JSON", () => post("{"), 400, /not a JSON object/],
    ["no input", () => post('{"model":"replay"}'), 400, /`input` is missing/],
    ["another model", () => ask("Silent", { model: "gpt" }), 404, /does not exist/],
    ["another path", () => post("{}", "/embeddings"), 404, /Invalid URL/],
    ["another method", () => fetch(`${replay.url}/responses`), 405, /GET/],
    ["a large body", () => ask("x".repeat(200_000)), 413, /larger than/],
  ];
  test.each(refusals)("%s", async (_name, call, status, message) => {
    const response = await call();
    expect(response.status).toBe(status);
    expect(response.headers.get("x-sandlot-replay")).toBe("true");
    expect(((await response.json()) as { error: { message: string } }).error.message).toMatch(message);
  });

  test("stopping ends an answer that still waits", async () => {
    const slow = await startReplayModel({ recordings, delayMs: 50_000 });
    const call = fetch(`${slow.url}/responses`, { method: "POST", body: '{"model":"replay","input":"Silent"}' });
    const outcome = expect(call).rejects.toThrow();
    await slow.stop();
    await slow.stop();
    await outcome;
  });
});
