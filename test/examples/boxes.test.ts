import { join } from "node:path";
import { tmpdir } from "node:os";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { cliServices } from "../../src/compose/services.ts";
import { loadConfig } from "../../src/config/index.ts";
import type { Sample } from "../../src/contract/samples.ts";
import { silentLogger } from "../../src/core/logger.ts";
import { type StandIn, startStandIn } from "../../src/models/index.ts";
import { decode } from "../../src/models/stand-in/text/tokenizer.ts";
import { Environments } from "../../src/resources/index.ts";
import { NO_SANDBOXES } from "../support/no-sandboxes.ts";
import { ctx, openPlatform, submit } from "../support/platform.ts";

const ROOT = join(import.meta.dirname, "../../examples/environments");
/** Its box has the code 20: 20 + 60 = 80. */
const TASK = "lookup_add-100001";

describe("the example's environment", () => {
  it("passes its own check", async () => {
    const flags = [{ flag: "--environments", path: ["environments", "paths"], value: [ROOT] }];
    const { config } = loadConfig({ env: {}, workingDirectory: tmpdir(), flags });
    const report = await cliServices.checkEnvironment({
      config,
      logger: silentLogger,
      name: "boxes",
      repeats: 2,
      onChecked: () => undefined,
    });
    expect(report.checked.filter(({ problem }) => problem !== null)).toEqual([]);
    expect(report).toMatchObject({ tasks: 3, problems: [], ok: true });
  });

  it("tells the model of its tools, and answers what is called", async () => {
    const environments = new Environments({ roots: [ROOT], compiled: () => null, services: () => NO_SANDBOXES });
    const boxes = await environments.get("boxes");
    const { resource } = boxes;
    const row = await boxes.task(ctx, TASK);
    expect(row.value["responses_create_params"]).toMatchObject({
      input: "What is the code of the black box plus 60?",
      tools: [
        { type: "function", name: "add", parameters: { type: "object", required: ["a", "b"] } },
        { name: "get_weather" },
        { type: "function", name: "lookup", parameters: { properties: { box: { type: "string" } } } },
      ],
    });
    expect(new Set(await boxes.taskIds(ctx, "held_out")).size).toBe(48);
    const token = await resource.seed(ctx, row);
    const call = (tool: string, args: object) => resource.call(ctx, token, tool, JSON.stringify(args));
    expect(await call("lookup", { box: "black" })).toBe("20");
    expect(await call("lookup", { box: "constructor" })).toBe("not found");
    expect(await call("add", { a: 20, b: 60 })).toBe("80");
    expect(await call("add", { a: "20" })).toMatch(/Invalid tool call arguments/);
    await resource.close(ctx, token);
  });
});

describe("a trainer", () => {
  let engines: StandIn;
  let platform: Awaited<ReturnType<typeof openPlatform>>;

  beforeAll(async () => {
    engines = await startStandIn({ model: "policy", speed: Infinity, drift: true, answer: lookUpThenAdd });
    platform = await openPlatform({
      provider: "local",
      modelUrl: "http://127.0.0.1:9",
      settings: {
        "models.policy": { model: "policy", tokens: true, replicas: engines.replicas.map(({ url }) => ({ url })) },
        "environments.paths": [ROOT],
      },
    });
  });
  afterAll(async () => {
    await platform?.dispose();
    await engines?.stop();
  });

  it("gets each rollout's samples as soon as it waits for them, all rewarded and each one sequence", async () => {
    const { job } = await submit(platform, {
      environment: "boxes",
      model: "policy",
      tasks: { dataset: "tasks", task_ids: [TASK] },
      repeats: 4,
    });
    const page = (cursor: string | null, waitMs: number) =>
      platform.jobs.samples(ctx, job.id, { cursor, limit: 100, waitMs });
    expect(await page(null, 0)).toMatchObject({ items: [], complete: false });
    const samples: Sample[] = [];
    let { items, next_cursor: cursor, complete } = await page(null, 60_000);
    for (;;) {
      samples.push(...items);
      if (complete) break;
      // Nobody has to ask twice for nothing.
      expect(items).not.toEqual([]);
      ({ items, next_cursor: cursor, complete } = await page(cursor, 60_000));
    }
    expect(samples.map(({ reward, branch, mask }) => [reward, branch, mask])).toEqual(
      Array.from({ length: 4 }, () => [1, 0, false]),
    );
    for (const { call_ids: calls, response_ids: ids, logprobs, loss_mask: mask } of samples) {
      expect(calls).toHaveLength(3);
      expect(mask).toContain(0);
      expect(logprobs).toHaveLength(ids.length);
    }
  });
});

/** Plays `TASK` right, by what the tools have said. */
function lookUpThenAdd({ prompt }: { readonly prompt: readonly number[] }) {
  const said = Array.from(decode(prompt).matchAll(/<tool_response>\s*(\S+)/g), ([, text = ""]) => text);
  const [code, sum] = said;
  if (code === undefined) return { toolCalls: [{ name: "lookup", arguments: '{"box": "black"}' }] };
  if (sum === undefined) return { toolCalls: [{ name: "add", arguments: `{"a": ${code}, "b": 60}` }] };
  return { content: `The answer is ${sum}.` };
}
