import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { rootContext } from "../../src/core/context.ts";
import type { ReplayModel } from "../../src/models/index.ts";
import { openPlatform, replayOf, runJob } from "../support/platform.ts";
import { environments } from "./support.ts";

const ctx = rootContext();

describe("a job of an environment that needs no sandbox", () => {
  let model: ReplayModel;

  beforeAll(async () => {
    const rows = await (await environments.get("mcqa")).dataset(ctx);
    model = await replayOf(
      rows.slice(0, 2).map((row) => {
        const letter = String(row.value["expected_answer"]);
        return { row, answers: [`\\boxed{${letter}}`, "\\boxed{Z}"] };
      }),
    );
  });
  afterAll(() => model.stop());

  it("is scored through the whole chain", async () => {
    const platform = await openPlatform({ provider: "local", modelUrl: model.url, concurrency: 1 });
    try {
      const { rollouts } = await runJob(platform, { environment: "mcqa", tasks: { limit: 2 }, repeats: 2 });
      const by = (task: number, attempt: number) =>
        rollouts.find(({ task_index, rollout_index }) => task_index === task && rollout_index === attempt);
      for (const task of [0, 1]) {
        expect(by(task, 0)).toMatchObject({ outcome: "scored", reward: 1, masked: false });
        expect(by(task, 1)).toMatchObject({ outcome: "scored", reward: 0, masked: false });
      }
      expect(rollouts).toHaveLength(4);
    } finally {
      await platform.dispose();
    }
  });
});

describe("tools that are not there", () => {
  async function call(name: string, tool: string, args: string): Promise<string> {
    const { resource, ...environment } = await environments.get(name);
    const [row] = await (await environments.get(name)).dataset(ctx);
    if (!row) throw new Error(`${environment.manifest.name} has no rows`);
    const token = await resource.seed(ctx, row);
    try {
      return await resource.call(ctx, token, tool, args);
    } finally {
      await resource.close(ctx, token);
    }
  }

  it("answer as Gym's do: functions of xlam_fc are not found", async () => {
    expect(await call("xlam_fc", "forecast", "{}")).toBe('{"detail":"Not Found"}');
  });

  it("say so: google_search has no search engine", async () => {
    const absent = "this environment has no search engine";
    expect(await call("google_search", "search", '{"query":"tides"}')).toContain(
      `{"search_results":"Error: Unexpected error - ${absent}`,
    );
    expect(await call("google_search", "browse", '{"url":"http://localhost"}')).toContain(
      `{"page_content":"Error: Unexpected error = ${absent}`,
    );
    expect(await call("google_search", "search", "{}")).toContain("Invalid tool call arguments");
  });

  it("are a fault of the row where the environment answers nothing", async () => {
    await expect(call("mcqa", "search", "{}")).rejects.toMatchObject({ code: "tool_not_declared" });
  });
});
