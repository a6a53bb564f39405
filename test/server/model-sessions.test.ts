import OpenAI from "openai";
import { afterEach, describe, expect, test } from "vitest";
import { systemClock } from "../../src/core/clock.ts";
import { silentLogger } from "../../src/core/logger.ts";
import { createOpenAiClient, ModelGateway, startStandIn } from "../../src/models/index.ts";
import { post, problemsIn } from "./support/run-requests.ts";
import { serve } from "./support/serve.ts";

const open: (() => unknown)[] = [];
afterEach(async () => {
  for (const close of open.splice(0).toReversed()) await close();
});

/** A server whose model `policy` is a stand-in. */
async function serveModel(options: Parameters<typeof serve>[0] = {}) {
  const engine = await startStandIn({ model: "m", speed: Infinity });
  open.push(() => engine.stop());
  const client = createOpenAiClient({
    name: "policy",
    url: engine.replicas[0]?.url ?? "",
    model: "m",
    tokens: true,
  });
  open.push(() => client.close());
  const where = { host: "127.0.0.1", port: 0, publicUrl: null };
  const models = new Map([["policy", client]]);
  const gateway = new ModelGateway({ models, ...where, clock: systemClock, logger: silentLogger });
  open.push(() => gateway.close());
  return serve({ gateway, ...options });
}

const PATH = "/api/v1/model-sessions";

describe("a model session", () => {
  test("is a base URL for an agent, and samples for a trainer", async () => {
    const harness = await serveModel();
    const opened = await post(harness, PATH, { model: "policy", group: "g", sampling: { max_output_tokens: 9 } });
    expect(opened.status).toBe(201);
    const { id, base_url, anthropic_base_url } = opened.json as Record<string, string>;
    expect(base_url).toBe(`${anthropic_base_url}/v1`);
    const openai = new OpenAI({ baseURL: base_url, apiKey: "none", maxRetries: 0 });
    const messages = [{ role: "user", content: "hello" }] as const;
    await openai.chat.completions.create({ model: "policy", messages: [...messages] });
    expect((await harness.send({ path: `${PATH}/${id}` })).json).toMatchObject({
      id,
      model: "policy",
      calls: 1,
      ended: false,
      contiguity: { calls: 1, branches: 1, contiguous: true },
    });
    const live = (await harness.send({ path: `${PATH}/${id}/samples` })).json;
    expect(live).toMatchObject({ next_cursor: "1", complete: false });
    const samples = live["items"] as Record<string, unknown>[];
    expect(samples).toMatchObject([{ branch: 0, break: null, mask: false, problem: null, finish_reason: "length" }]);
    expect(samples[0]?.["loss_mask"]).toEqual(Array.from({ length: 9 }, () => 1));

    const ended = await harness.send({ method: "POST", path: `${PATH}/${id}/end` });
    expect(ended.json).toMatchObject({ ended: true, calls: 1 });
    await expect(openai.models.list()).rejects.toMatchObject({ status: 401 });
    const rest = await harness.send({ path: `${PATH}/${id}/samples?limit=1` });
    expect(rest.json).toEqual({ items: samples, next_cursor: "1", complete: true });
    const none = await harness.send({ path: `${PATH}/${id}/samples?cursor=1` });
    expect(none.json).toEqual({ items: [], next_cursor: "1", complete: true });
    const bad = await harness.send({ path: `${PATH}/${id}/samples?cursor=x` });
    expect(problemsIn(bad).map(({ field }) => field)).toEqual(["cursor"]);
  });

  test("is gone once it is deleted, and so is its URL", async () => {
    const harness = await serveModel();
    const { id, base_url } = (await post(harness, PATH, { model: "policy" })).json as Record<string, string>;
    const deleted = await harness.send({ method: "DELETE", path: `${PATH}/${id}` });
    expect([deleted.status, deleted.json]).toMatchObject([200, { id, ended: true }]);
    expect((await fetch(`${base_url}/models`)).status).toBe(401);
    for (const method of ["GET", "DELETE"]) {
      const gone = await harness.send({ method, path: `${PATH}/${id}` });
      expect([gone.status, gone.error.code]).toEqual([404, "not_found"]);
    }
  });

  test("refuses sampling that no engine would understand, by field", async () => {
    const harness = await serveModel();
    const sampling = { temperature: "hot", max_tokens: 9, tempreature: 1, stop: [3], top_k: 20, ignore_eos: true };
    const refused = await post(harness, PATH, { model: "policy", sampling });
    expect(refused.status).toBe(400);
    expect(new Map(problemsIn(refused).map(({ field, problem }) => [field, problem]))).toEqual(
      new Map([
        ["sampling.temperature", expect.stringContaining("expected number")],
        ["sampling.stop", expect.stringContaining("expected string")],
        ["sampling.max_tokens", "the Responses API calls it max_output_tokens"],
        ["sampling.tempreature", "unknown field"],
      ]),
    );
    const all = { temperature: 1, top_k: -1, seed: 7, stop: ["a"], chat_template_kwargs: { enable_thinking: false } };
    expect((await post(harness, PATH, { model: "policy", sampling: all })).status).toBe(201);
  });

  test("wants a configured model, and belongs to its tenant", async () => {
    const keys = ["red", "blue"].map((tenant) => ({ name: tenant, key: tenant, tenant, scopes: ["jobs"] as const }));
    const harness = await serveModel({
      auth: { keys: keys.map(({ scopes, ...key }) => ({ ...key, scopes: [...scopes] })) },
    });
    const as = (tenant: string, path: string, body?: object) =>
      harness.send({
        method: body ? "POST" : "GET",
        path,
        headers: { authorization: `Bearer ${tenant}`, "content-type": "application/json" },
        ...(body ? { body: JSON.stringify(body) } : {}),
      });
    const unknown = await as("red", PATH, { model: "gpt" });
    expect([unknown.status, unknown.error.code]).toEqual([400, "unknown_model"]);
    const wrong = await as("red", PATH, { model: "policy", lifetime_seconds: 0 });
    expect(problemsIn(wrong).map(({ field }) => field)).toEqual(["lifetime_seconds"]);
    const { id } = (await as("red", PATH, { model: "policy" })).json as { id: string };
    expect((await as("red", `${PATH}/${id}`)).status).toBe(200);
    expect((await as("blue", `${PATH}/${id}`)).error).toMatchObject({ code: "not_found" });
    expect((await as("blue", `${PATH}/${id}/samples`)).status).toBe(404);
  });
});
