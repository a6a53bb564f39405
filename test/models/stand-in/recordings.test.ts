import { afterEach, describe, expect, test } from "vitest";
import { isJsonObject, type JsonObject } from "../../../src/core/json/parse.ts";
import { type StandIn, type StandInOptions, startStandIn } from "../../../src/models/index.ts";
import {
  eventShapes,
  missing,
  play,
  type Played,
  present,
  type Recorded,
  recorded,
  recordedBody,
  recordedMetrics,
  recordedNames,
  saidIn,
  shapeOf,
} from "./recorded.ts";

const started: StandIn[] = [];
afterEach(async () => {
  await Promise.all(started.splice(0).map((standIn) => standIn.stop()));
});

let current: Recorded | null = null;

/** A stand-in that is set up as the recorded server was, and says what the recorded model said. */
async function serve(options: StandInOptions = {}) {
  const standIn = await startStandIn({
    model: "policy",
    maxModelLength: 2048,
    thinking: true,
    speed: 200,
    engine: { blockTokens: 32, maxSequences: 32, scheduling: "priority" },
    answer: ({ index }) => {
      const said = current ? saidIn(recordedBody(current)) : null;
      return index === 0 ? (said ?? undefined) : undefined;
    },
    ...options,
  });
  started.push(standIn);
  const [replica] = standIn.replicas;
  if (!replica) throw new Error("no replica");
  return replica;
}

/** Same status, same media type, same members and types; errors the same to the letter. */
function compare(played: Played, one: Recorded): void {
  const { response } = one;
  expect(played.status).toBe(response.status);
  const mediaType = response.headers["content-type"] ?? null;
  expect(played.headers.get("content-type")).toBe(mediaType);
  for (const name of ["allow", "endpoint-load-metrics"])
    expect(played.headers.get(name) === null).toBe(response.headers[name] === undefined);
  const body = recordedBody(one);
  if (mediaType?.startsWith("text/event-stream")) expect(eventShapes(played.body)).toEqual(eventShapes(body));
  else if (response.status >= 400) expect(played.body).toEqual(body);
  else if (body === "") expect(played.body).toBe("");
  else expect(shapeOf(played.body)).toEqual(shapeOf(body));
}

/** What a message says and how it ended: the same, where the recorded model ended by itself. */
function compareMessages(played: Played, one: Recorded): void {
  const [own] = choicesOf(played.body);
  const [other] = choicesOf(recordedBody(one));
  if (!own || !other || !isJsonObject(other["message"])) return;
  expect(own["finish_reason"]).toBe(other["finish_reason"]);
  if (other["finish_reason"] === "length" || other["finish_reason"] === "abort") return;
  const plain = (choice: JsonObject) =>
    JSON.parse(JSON.stringify(choice["message"]), (key, value: unknown) => (key === "id" ? "" : value)) as unknown;
  expect(plain(own)).toEqual(plain(other));
}

const choicesOf = (body: unknown) =>
  (isJsonObject(body) && Array.isArray(body["choices"]) ? body["choices"] : []).filter(isJsonObject);

/** Plays one recording and compares. */
async function check(url: string, name: string): Promise<Played> {
  const one = recorded(name);
  current = one;
  const played = await play(url, one);
  compare(played, one);
  compareMessages(played, one);
  return played;
}

/** Waits for a condition, at most five seconds. */
async function until(condition: () => boolean): Promise<void> {
  for (let i = 0; i < 1000 && !condition(); i++) await new Promise((resolve) => setTimeout(resolve, 5));
  expect(condition()).toBe(true);
}

/** What the stand-in does differently, and why; `docs/stand-in.md` tells it to users. */
const DIFFERENT: Readonly<Record<string, string>> = {
  engine_dead_health: "a dead engine is known at once here; the real one still answered 200 in the first instant",
  init_weight_transfer_engine_error: "the stand-in always has a backend for weights",
  weight_checker: "checksums of three tensors instead of all",
  chat_derender: "the ids are those of another tokenizer; played with our own below",
  metrics_busy: "compared by names below",
};

/** Recordings that are part of a course of events, or of a server set up otherwise. */
const COURSES = [
  /^(?:abort_(?:all|by_id)_request|abort_requests_(?:all|by_id))$/,
  /^(?:pause|is_paused|resume)_(?:abort|wait|keep)/,
  /^pause_no_dev_mode$|^generate_disabled$/,
  /^(?:sleep_|is_sleeping_1|health_sleeping|wake_up)/,
  /^(?:engine_dead_|draining_|shutdown_|hung_)/,
  /^(?:start_weight|update_weight|finish_weight|init_weight|weight_info_after)/,
  /^error_(?:overload|bad_api_key|no_api_key)/,
  /^load_busy$/,
];

const plain = recordedNames.filter((name) => !(name in DIFFERENT) && !COURSES.some((course) => course.test(name)));

describe.skipIf(!present)(`recorded vLLM exchanges against the stand-in${missing}`, () => {
  test("nearly all are played", () => {
    expect(recordedNames.length).toBeGreaterThan(140);
    expect(plain.length).toBeGreaterThan(80);
  });

  test.each(plain)("%s", async (name) => {
    const { url } = await serve();
    await check(url, name);
  });

  test.each(["by_id", "all"])("abort %s", async (which) => {
    const { url, replica } = await serve({ speed: 2 });
    const inFlight = check(url, `abort_${which}_request`);
    await until(() => replica.metrics.timeToFirstToken.count > 0);
    expect((await check(url, `abort_requests_${which}`)).body).toEqual({ status: "aborted", aborted: 1 });
    const [choice] = choicesOf((await inFlight).body);
    expect(choice?.["finish_reason"]).toBe("abort");
    expect(replica.metrics.finished.abort).toBe(1);
  });

  test.each(["abort", "wait", "keep"])("pause with %s", async (mode) => {
    const { url, replica } = await serve({ speed: 20 });
    const inFlight = check(url, `pause_${mode}_inflight_request`);
    await until(() => replica.metrics.timeToFirstToken.count > 0);
    await check(url, `pause_${mode}`);
    await check(url, `is_paused_${mode}`);
    if (mode !== "keep") await inFlight;
    const ended = replica.metrics.requestTime.count;
    const held = check(url, `pause_${mode}_request_while_paused`);
    await until(() => replica.driver.engine.counters.waiting === 1);
    expect(replica.metrics.requestTime.count).toBe(ended);
    await check(url, `resume_${mode}`);
    await Promise.all([inFlight, held]);
    expect(replica.adminCalls.get("/pause")).toBe(1);
  });

  test("without development mode there is no pause, and without scale-out no tokens", async () => {
    const { url } = await serve({ devMode: false, scaleOut: false });
    await check(url, "pause_no_dev_mode");
    await check(url, "generate_disabled");
  });

  test("sleep", async () => {
    const { url, replica } = await serve();
    await check(url, "sleep_1");
    await check(url, "is_sleeping_1");
    await check(url, "health_sleeping");
    const held = check(url, "sleep_request_while_sleeping");
    await until(() => replica.driver.engine.counters.waiting === 1);
    await check(url, "wake_up");
    await held;
    await check(url, "is_sleeping");
  });

  test("the engine dies", async () => {
    const { url, replica } = await serve({ speed: 5 });
    const inFlight = [check(url, "engine_dead_inflight_json"), check(url, "engine_dead_inflight_stream")];
    await until(() => replica.metrics.timeToFirstToken.count === 2);
    replica.faults.add({ kind: "engine-dead" });
    await Promise.all(inFlight);
    await check(url, "engine_dead_new_request");
    expect((await fetch(`${url}/health`)).status).toBe(503);
  });

  test("the engine hangs", async () => {
    const { url, replica } = await serve();
    replica.faults.add({ kind: "hang" });
    const held = check(url, "chat_plain");
    await until(() => replica.load === 1);
    await check(url, "hung_engine_health");
    expect(replica.driver.engine.counters.steps).toBe(0);
    // As on the real one: the gauges know nothing of the call, the load does.
    const page = await (await fetch(`${url}/metrics`)).text();
    expect(page).toMatch(/^vllm:num_requests_(?:running|waiting)[{].*[}] 0[.]0$/m);
    expect(page).not.toMatch(/^vllm:num_requests_(?:running|waiting)[{].*[}] [1-9]/m);
    expect(await (await fetch(`${url}/load`)).json()).toEqual({ server_load: 1 });
    replica.faults.clear();
    await held;
  });

  test("an end with SIGTERM answers with what there is", async () => {
    const { url, replica } = await serve({ speed: 1 });
    const inFlight = [check(url, "shutdown_default_inflight_json"), check(url, "shutdown_default_inflight_stream")];
    await until(() => replica.metrics.interTokenLatency.count >= 10);
    await started.at(-1)?.shutdown();
    for (const { body } of await Promise.all(inFlight)) expect(JSON.stringify(body)).toContain("abort");
    await expect(fetch(`${url}/health`)).rejects.toThrow(TypeError);
  });

  test("an end that drains", async () => {
    const { url, replica } = await serve({ speed: 20 });
    const inFlight = [check(url, "shutdown_drain_inflight_json"), check(url, "shutdown_drain_inflight_stream")];
    await until(() => replica.metrics.timeToFirstToken.count === 2);
    replica.faults.add({ kind: "draining" });
    await check(url, "draining_health");
    await check(url, "draining_new_request");
    await Promise.all(inFlight);
  });

  test("weights", async () => {
    const { url, replica } = await serve();
    await check(url, "weight_info");
    await check(url, "update_weights_not_started");
    await check(url, "update_weights_error");
    await check(url, "init_weight_transfer_engine");
    await check(url, "start_weight_update");
    await check(url, "start_weight_update_twice");
    await check(url, "update_weights");
    await check(url, "finish_weight_update");
    expect((await check(url, "weight_info_after_update")).body).toEqual({ weight_version: "8" });
    await check(url, "update_weight_version");
    expect((await check(url, "weight_info_after")).body).toEqual({ weight_version: "v7" });
    expect(replica.weights.generation).toBe(1);
  });

  test("a full queue, and the load meanwhile", async () => {
    const { url, replica } = await serve({ maxQueuedRequests: 5 });
    replica.faults.add({ kind: "hang" });
    const held = Array.from({ length: 5 }, () => play(url, recorded("error_priority_fcfs")));
    await until(() => replica.load === 5);
    expect((await check(url, "load_busy")).body).toEqual({ server_load: 5 });
    await check(url, "error_overload_queue_full");
    await check(url, "error_overload_queue_full_chat");
    replica.faults.clear();
    expect((await Promise.all(held)).map(({ status }) => status)).toEqual([200, 200, 200, 200, 200]);
    expect(replica.metrics.rejected.max_num_queued_reqs).toBe(2);
  });

  test("a key", async () => {
    const { url } = await serve({ apiKey: "k" });
    await check(url, "error_no_api_key");
    await check(url, "error_bad_api_key");
    for (const path of ["/health", "/metrics", "/load"]) expect((await fetch(url + path)).status).toBe(200);
    expect((await play(url, recorded("error_priority_fcfs"))).status).toBe(200);
  });

  test("derender", async () => {
    const { url } = await serve();
    const one = recorded("chat_derender");
    const said = "<think>\nI have the result.\n</think>\n\nThe answer is 42.<|im_end|>";
    const { body } = await play(url, {
      ...one,
      request: { ...one.request, path: "/tokenize", body: { prompt: said } },
    });
    const ids = isJsonObject(body) ? body["tokens"] : [];
    const request = JSON.parse(JSON.stringify(one.request.body), (key, value: unknown) =>
      key === "token_ids" ? ids : value,
    ) as JsonObject;
    const played = await play(url, { ...one, request: { ...one.request, body: request } });
    compare(played, one);
    compareMessages(played, one);
  });

  test("metrics have vLLM's names and labels", async () => {
    const { url } = await serve();
    await check(url, "chat_plain");
    const page = await (await fetch(`${url}/metrics`)).text();
    const series = (text: string) =>
      text
        .split("\n")
        .filter((line) => /^(?:vllm:|http_|process_)/.test(line))
        .map((line) => line.replace(/ \S+$/, "").replaceAll(/(handler|method|status)="[^"]*"/g, '$1=""'));
    const real = new Set(series(recordedMetrics()));
    const named = (one: string) => one.startsWith("vllm:cache_config_info");
    expect(series(page).filter((one) => !named(one) && !real.has(one))).toEqual([]);
    const own = new Set(series(page));
    const absent = new Set([...real].filter((one) => !own.has(one)).map((one) => one.replace(/[{].*/, "")));
    expect([...absent].filter((one) => !NOT_MEASURED.test(one))).toEqual([]);
  });
});

/** What makes no sense without a GPU, Python, other caches or parsers that can fail. */
const NOT_MEASURED =
  /^(?:process_(?:virtual_memory_bytes|open_fds|max_fds)|http_re(?:quest|sponse)_size_bytes.*|vllm:(?:estimated_.*|external_prefix_cache_.*|mm_cache_.*|prompt_tokens_cached_by_source_.*|tool_call_parser_.*|cache_config_info))$/;
