import { afterEach, describe, expect, it } from "vitest";
import { rootContext } from "../../src/core/context.ts";
import { probeEndpoint, startStandIn, type StandInOptions } from "../../src/models/index.ts";

const open: { stop(): Promise<unknown> }[] = [];
afterEach(async () => {
  for (const one of open.splice(0)) await one.stop();
});

async function probe(options: StandInOptions, asked: { model?: string; apiKey?: string } = {}) {
  const engine = await startStandIn({ model: "m", speed: Infinity, ...options });
  open.push(engine);
  const report = await probeEndpoint(rootContext(), { url: engine.replicas[0]?.url ?? "", ...asked });
  return { ...report, missing: report.capabilities.filter(({ ok }) => !ok).map(({ name }) => name) };
}

describe("what an endpoint can do", () => {
  it("is everything that vLLM has when all of it is switched on", async () => {
    expect(await probe({})).toMatchObject({ model: "m", models: ["m"], maxModelLength: 32_768, missing: [] });
  });

  it("lacks turns from token ids without scale-out, and updates of weights without its development mode", async () => {
    const { capabilities, missing } = await probe({ scaleOut: false, devMode: false });
    expect(missing).toEqual(["turns from token ids", "pause and resume"]);
    const turns = capabilities.find(({ name }) => name === "turns from token ids");
    expect(turns?.missed).toContain("--enable-scale-out");
  });

  it("is little with a wrong key, or of a model that is not there", async () => {
    const { model, missing } = await probe({ apiKey: "right" }, { apiKey: "wrong" });
    expect(model).toBeNull();
    expect(missing).toEqual(expect.arrayContaining(["model", "chat completions", "token ids"]));
    expect((await probe({}, { model: "other" })).missing).toContain("model");
  });

  it("cannot be told where nothing answers", async () => {
    const probing = probeEndpoint(rootContext(), { url: "http://127.0.0.1:9" });
    await expect(probing).rejects.toMatchObject({ code: "model_unreachable" });
  });
});
