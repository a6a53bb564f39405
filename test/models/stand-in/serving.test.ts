import { connect } from "node:net";
import OpenAI from "openai";
import { describe, expect, test } from "vitest";
import { rootContext } from "../../../src/core/context.ts";
import { createOpenAiClient } from "../../../src/models/index.ts";
import { seededRandom } from "../../../src/models/stand-in/text/random.ts";
import { type ChatAnswer, HELLO, post, postJson, serve, until } from "./serve.ts";

const CHAT = "/v1/chat/completions";
const ADD = {
  type: "function" as const,
  function: {
    name: "add",
    description: "Adds",
    parameters: {
      type: "object",
      properties: { a: { type: "integer" }, b: { type: "integer" } },
      required: ["a", "b"],
    },
  },
};

describe("conversations", () => {
  /** A tool loop: what the model says goes back, with a result for each call. */
  async function play(url: string, turns: number): Promise<ChatAnswer[]> {
    const messages: object[] = [{ role: "user", content: "What is 17 + 25?" }];
    const answers: ChatAnswer[] = [];
    for (let turn = 0; turn < turns; turn++) {
      const body = { model: "policy", messages, tools: [ADD], tool_choice: "required", return_token_ids: true };
      const answer = await postJson<ChatAnswer>(url + CHAT, body);
      answers.push(answer);
      const message = answer.choices[0]?.message;
      messages.push({ ...message });
      for (const call of message?.tool_calls ?? [])
        messages.push({ role: "tool", tool_call_id: call.id, content: "42" });
    }
    return answers;
  }

  const continues = (answers: readonly ChatAnswer[]) =>
    answers.slice(1).map((answer, i) => {
      const before = [...(answers[i]?.prompt_token_ids ?? []), ...(answers[i]?.choices[0]?.token_ids ?? [])];
      return before.every((token, at) => answer.prompt_token_ids[at] === token);
    });

  test.each([{ thinking: false }, { thinking: true }])("go on token for token ($thinking)", async (options) => {
    const { url } = await serve({ ...options, engine: { blockTokens: 8 } });
    const answers = await play(url, 4);
    expect(continues(answers)).toEqual([true, true, true]);
    for (const [i, { usage, choices }] of answers.entries()) {
      expect(choices[0]?.finish_reason).toBe("tool_calls");
      expect(choices[0]?.message.reasoning === null).toBe(!options.thinking);
      const args: unknown = JSON.parse(choices[0]?.message.tool_calls?.[0]?.function.arguments ?? "");
      expect(Object.values(args as object).map((value) => typeof value)).toEqual(["number", "number"]);
      const before = answers[i - 1]?.usage;
      const known = before ? before.prompt_tokens + before.completion_tokens - 1 : 0;
      expect(usage.prompt_tokens_details.cached_tokens).toBe(known - (known % 8));
    }
  });

  test("with drift they don't, although the text is the same", async () => {
    const { url } = await serve({ drift: true });
    const answers = await play(url, 3);
    expect(continues(answers)).toEqual([false, false]);
    expect(answers[0]?.choices[0]?.message.tool_calls).toHaveLength(1);
  });

  test("our own client gets tokens and log-probs of the same length", async () => {
    const { url } = await serve();
    const client = createOpenAiClient({ name: "policy", url: `${url}/v1`, model: "policy", api: "chat", tokens: true });
    const call = await client.respond(rootContext(), { params: new Map(), input: ['{"role":"user","content":"Hi"}'] });
    await client.close();
    expect(call.tokens.generationTokenIds).toHaveLength(call.usage?.output_tokens ?? -1);
    expect(call.tokens.generationLogProbs).toHaveLength(call.usage?.output_tokens ?? -1);
    expect(call.tokens.promptTokenIds).toHaveLength(call.usage?.input_tokens ?? -1);
  });

  test("the client of OpenAI reads its streams", async () => {
    const { url } = await serve({ apiKey: "k" });
    const client = new OpenAI({ baseURL: `${url}/v1`, apiKey: "k", maxRetries: 0 });
    const ask = { model: "policy", messages: [{ role: "user" as const, content: "Hello" }], temperature: 0 };
    const whole = await client.chat.completions.create(ask);
    const streamed = await client.chat.completions.stream(ask).finalChatCompletion();
    expect(streamed.choices[0]?.message.content).toBe(whole.choices[0]?.message.content);
    const called = await client.chat.completions.stream({ ...ask, tools: [ADD] }).finalChatCompletion();
    expect(called.choices[0]?.message.tool_calls?.[0]?.function.name).toBe("add");
    const response = await client.responses.stream({ model: "policy", input: "Hello", temperature: 0 }).finalResponse();
    expect(response.output_text).toBe(whole.choices[0]?.message.content);
  });
});

describe("what is said", () => {
  const content = async (url: string, more: object, text = "Hello") => {
    const answer = await postJson<ChatAnswer>(url + CHAT, {
      model: "policy",
      messages: [{ role: "user", content: text }],
      return_token_ids: true,
      ...more,
    });
    return answer.choices[0];
  };

  test("depends on seed, prompt and weights, and on nothing at temperature 0", async () => {
    const { url } = await serve();
    const say = async (more: object, text?: string) => (await content(url, more, text))?.message.content;
    expect(await say({ seed: 7 })).toBe(await say({ seed: 7 }));
    expect(await say({ temperature: 0 })).toBe(await say({ temperature: 0 }));
    expect(await say({})).not.toBe(await say({}));
    expect(await say({ seed: 7 })).not.toBe(await say({ seed: 8 }));
    expect(await say({ seed: 7 })).not.toBe(await say({ seed: 7 }, "Bye"));
    const before = await say({ seed: 7 });
    await post(`${url}/collective_rpc`, { method: "reload_weights" });
    expect(await say({ seed: 7 })).not.toBe(before);
  });

  test("scripts, turn by turn", async () => {
    const { url } = await serve();
    const script = [{ reasoning: "Hm.", tool_calls: [{ name: "add", arguments: { a: 1 } }] }, "Done."];
    const messages: object[] = [{ role: "user", content: `Add. [[script ${JSON.stringify(script)}]]` }];
    const body = { model: "policy", messages, tools: [ADD] };
    const first = await postJson<ChatAnswer>(url + CHAT, body);
    expect(first.choices[0]?.message).toMatchObject({ reasoning: "\nHm.\n", content: null });
    expect(first.choices[0]?.message.tool_calls?.[0]?.function).toEqual({ name: "add", arguments: '{"a": 1}' });
    messages.push({ ...first.choices[0]?.message }, { role: "tool", content: "2" });
    const second = await postJson<ChatAnswer>(url + CHAT, body);
    expect(second.choices[0]?.message.content).toBe("Done.");
    expect(await postJson(`${url}/v1/completions`, { prompt: '[[script "Plain."]]', max_tokens: 50 })).toMatchObject({
      choices: [{ text: "Plain." }],
    });
  });

  test("as a callback decides, with as many tokens as it wants", async () => {
    const { url } = await serve({
      answer: ({ messages, index }) => ({ content: `${messages[0]?.content} ${index}`, tokens: 40, finish: "length" }),
    });
    const choice = await content(url, {});
    expect(choice?.message.content).toMatch(/^Hello 0 /);
    expect(choice?.token_ids).toHaveLength(40);
    expect(choice?.finish_reason).toBe("length");
  });

  test("a callback that throws is a 500", async () => {
    const { url } = await serve({
      answer: () => {
        throw new Error("no idea");
      },
    });
    const { status, text } = await post(url + CHAT, HELLO);
    expect(status).toBe(500);
    expect(text).toContain("no idea");
  });

  test("stops where it is told to", async () => {
    const { url } = await serve();
    const script = '[[script "one two three"]]';
    const stopped = await content(url, { stop: ["two"] }, script);
    expect(stopped).toMatchObject({ finish_reason: "stop", stop_reason: "two", message: { content: "one " } });
    // The tokens hold the stop string that the text lacks.
    expect((await postJson(`${url}/detokenize`, { tokens: stopped?.token_ids }))["prompt"]).toBe("one two");
    const kept = await content(url, { stop: "two", include_stop_str_in_output: true }, script);
    expect(kept?.message.content).toBe("one two");
    const token = stopped?.token_ids.at(-1);
    expect(await content(url, { stop_token_ids: [token] }, script)).toMatchObject({ stop_reason: token });
    expect(await content(url, { max_tokens: 2 }, script)).toMatchObject({ finish_reason: "length" });
    expect((await content(url, { min_tokens: 30 }, script))?.token_ids).toHaveLength(30);
    const full = await content(url, { ignore_eos: true, max_tokens: 50 }, script);
    expect(full).toMatchObject({ finish_reason: "length" });
    expect(full?.token_ids).toHaveLength(50);
  });

  test("several choices are several sequences of one prompt", async () => {
    const { url, replica } = await serve();
    const answer = await postJson<ChatAnswer>(url + CHAT, { ...HELLO, n: 3, max_tokens: 8 });
    expect(new Set(answer.choices.map(({ message }) => message.content)).size).toBe(3);
    expect(answer.usage).toMatchObject({ completion_tokens: 24 });
    expect(replica.driver.engine.counters.finished).toBe(3);
  });

  test("JSON that fits a schema", async () => {
    const { url } = await serve();
    const schema = { type: "object", properties: { n: { type: "integer" } }, required: ["n"] };
    const formats = [
      { response_format: { type: "json_schema", json_schema: { name: "x", schema } } },
      { structured_outputs: { json: JSON.stringify(schema) } },
    ];
    for (const format of formats) {
      const said = JSON.parse((await content(url, format))?.message.content ?? "") as { n: unknown };
      expect(Number.isInteger(said.n)).toBe(true);
    }
  });

  test("older names", async () => {
    const { url } = await serve({ legacyNames: true, thinking: true });
    expect((await content(url, {}))?.message).toHaveProperty("reasoning_content");
    expect(await postJson(url + CHAT, { model: "policy" })).toMatchObject({ object: "error", code: 400 });
    expect(await (await fetch(`${url}/metrics`)).text()).toContain("vllm:gpu_cache_usage_perc{");
  });
});

describe("places", () => {
  test.each([{ stream: false }, { stream: true }])("a client that leaves frees its place ($stream)", async (body) => {
    const { url, replica } = await serve({ speed: 1 });
    const leaving = new AbortController();
    const asked = fetch(url + CHAT, {
      method: "POST",
      body: JSON.stringify({ ...HELLO, ...body, max_tokens: 500, ignore_eos: true }),
      signal: leaving.signal,
    }).then((answer) => answer.text());
    await until(() => replica.driver.engine.counters.running === 1 && replica.load === 1);
    leaving.abort();
    await expect(asked).rejects.toThrow();
    await until(() => replica.driver.engine.counters.running === 0);
    expect(replica.driver.engine.counters.kvUsage).toBe(0);
    expect(replica.load).toBe(0);
    // As in vLLM, nobody counts it.
    expect(Object.values(replica.metrics.finished)).toEqual([0, 0, 0, 0]);
  });

  test("whatever clients and operators do, all places are free in the end", async () => {
    const { url, replica } = await serve({
      speed: 50,
      maxModelLength: 1024,
      engine: { kvTokens: 2048, maxSequences: 12 },
    });
    const random = seededRandom(1);
    const below = (count: number) => Math.floor(random() * count);
    const wait = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));
    const ask = async () => {
      const leaves = random() < 0.3;
      const body = {
        messages: [{ role: "user", content: `${below(9)} ${"word ".repeat(below(300))}` }],
        stream: random() < 0.5,
        n: 1 + below(3),
        max_tokens: 1 + below(200),
        ignore_eos: true,
      };
      const signal = leaves ? AbortSignal.timeout(1 + below(200)) : null;
      const asked = fetch(url + CHAT, { method: "POST", body: JSON.stringify(body), signal }).then(async (answer) => {
        const text = await answer.text();
        return answer.status === 200 && text.includes(body.stream ? "[DONE]" : '"usage"');
      });
      expect(await (leaves ? asked.catch(() => true) : asked)).toBe(true);
    };
    const operate = async () => {
      for (const mode of ["abort", "wait", "keep", "abort", "keep"]) {
        await wait(40);
        await post(`${url}/pause?mode=${mode}`, {});
        await wait(10);
        await post(`${url}/resume`, {});
        replica.faults.add({ kind: "hang" });
        await wait(10);
        replica.faults.clear();
        await post(`${url}/abort_requests`, {});
      }
    };
    const clients = Array.from({ length: 24 }, async () => {
      for (let i = 0; i < 4; i++) await ask();
    });
    await Promise.all([...clients, operate()]);
    await until(() => replica.load === 0);
    expect(replica.driver.engine.counters).toMatchObject({ running: 0, waiting: 0, kvUsage: 0 });
    expect(replica.driver.engine.resetPrefixCache()).toBe(true);
  });

  test("a stream begins with the first token, and a call's id may come twice at once", async () => {
    const { url, replica } = await serve({ speed: 50 });
    await post(`${url}/pause?mode=keep`, {});
    const body = { ...HELLO, max_tokens: 8, ignore_eos: true, stream: true };
    const streams = [1, 2].map(async () => {
      const answer = await fetch(url + CHAT, {
        method: "POST",
        headers: { "x-request-id": "twin" },
        body: JSON.stringify(body),
      });
      const chunks: string[] = [];
      for await (const chunk of answer.body ?? []) chunks.push(new TextDecoder().decode(chunk as Uint8Array));
      return chunks;
    });
    await until(() => replica.driver.engine.counters.waiting === 2);
    const told = await Promise.race([...streams, new Promise((resolve) => setTimeout(resolve, 50, "nothing"))]);
    expect(told).toBe("nothing");
    await post(`${url}/resume`, {});
    for (const chunks of await Promise.all(streams)) {
      expect(chunks[0]).toMatch(/"role":"assistant"[^]*"delta":{"content":/);
      expect(chunks.join("")).toContain('"id":"chatcmpl-twin"');
    }
  });

  test("sleep ends when all parts are awake", async () => {
    const { url, replica } = await serve();
    await post(`${url}/sleep?level=2`, {});
    const held = postJson<ChatAnswer>(url + CHAT, HELLO);
    await until(() => replica.driver.engine.counters.waiting === 1);
    await post(`${url}/wake_up?tags=weights`, {});
    expect(replica.driver.engine.sleepLevel).toBe(2);
    await post(`${url}/wake_up?tags=kv_cache`, {});
    expect((await held).choices[0]?.finish_reason).toBe("stop");
  });

  test("a path that is no URL is not found", async () => {
    const { url } = await serve();
    const socket = connect(Number(new URL(url).port), "127.0.0.1");
    const told = new Promise<string>((resolve) => socket.once("data", (data: Buffer) => resolve(data.toString())));
    socket.write("GET // HTTP/1.1\r\nHost: h\r\nConnection: close\r\n\r\n");
    expect(await told).toMatch(/^HTTP\/1.1 404/);
  });

  test("time passes as the engine says, faster by the speed", async () => {
    const { url, replica } = await serve({ speed: 10 });
    const started = performance.now();
    await postJson(url + CHAT, { ...HELLO, max_tokens: 100, ignore_eos: true });
    const passed = performance.now() - started;
    const { busyMs } = replica.driver.engine.counters;
    expect(busyMs).toBeGreaterThan(100 * 11);
    expect(passed).toBeGreaterThanOrEqual(busyMs / 10 - 1);
  });

  test("weights that change under a frozen request show in its spans", async () => {
    const { url, replica } = await serve({ speed: 4 });
    const asked = postJson<{ choices: { weight_versions: { version: string; start: number; end: number }[] }[] }>(
      `${url}/inference/v1/generate`,
      { token_ids: [300, 301], sampling_params: { max_tokens: 60, ignore_eos: true } },
    );
    await until(() => replica.driver.engine.counters.generationTokens > 5);
    await post(`${url}/pause?mode=keep`, {});
    await post(`${url}/update_weight_version`, { new_version: "v2" });
    await post(`${url}/resume`, {});
    const spans = (await asked).choices[0]?.weight_versions ?? [];
    expect(spans.map(({ version }) => version)).toEqual(["default", "v2"]);
    expect([spans[0]?.start, spans[1]?.end]).toEqual([0, 60]);
    expect(spans[0]?.end).toBe(spans[1]?.start);
  });

  test("idle connections are closed, large bodies refused", async () => {
    const { url } = await serve({ maxBodyBytes: 1000 });
    const answer = await post(url + CHAT, { ...HELLO, more: "x".repeat(2000) });
    expect(answer.status).toBe(413);
    expect(answer.headers.get("connection")).toBe("close");
    expect((await post(url + CHAT, HELLO)).headers.get("keep-alive")).toBe("timeout=5");
  });

  test("replicas take ports in a row, and one can go alone", async () => {
    const { standIn } = await serve({ replicas: 3 });
    expect(new Set(standIn.replicas.map(({ url }) => url)).size).toBe(3);
    await standIn.replicas[1]?.stop();
    await expect(fetch(`${standIn.replicas[1]?.url}/health`)).rejects.toThrow(TypeError);
    expect((await fetch(`${standIn.replicas[2]?.url}/health`)).status).toBe(200);
  });
});
