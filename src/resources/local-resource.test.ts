import { expect, test } from "vitest";
import { z } from "zod";
import { ResponseObject } from "../contract/responses.ts";
import type { Verdict } from "../contract/verdict.ts";
import { rootContext } from "../core/context.ts";
import { defineResource, type ResourceDefinition } from "./definition.ts";
import { LocalResource } from "./local-resource.ts";
import { EnvironmentManifest } from "./manifest.ts";

const ctx = rootContext();
const RESPONSE = ResponseObject.parse({ id: "r", object: "response", model: "m", output: [] });
const VALUE = { responses_create_params: { input: "?" } };
const ROW = { raw: JSON.stringify(VALUE), value: VALUE };
const VERDICT: Verdict = {
  reward: 1,
  status: "passed",
  reason: null,
  message: "",
  answer: null,
  cases: [],
  tests: 0,
  flaky: false,
  sandbox: null,
};

/** What comes of a resource that judges so. */
async function judged(verdict: Partial<Verdict>): Promise<Verdict> {
  const definition = defineResource({
    row: z.looseObject({}),
    verify: () => Promise.resolve({ ...VERDICT, ...verdict }),
  }) as unknown as ResourceDefinition;
  const refuse = () => Promise.reject(new Error("not asked"));
  const manifest = EnvironmentManifest.parse({
    name: "test",
    description: "A test",
    licence: "Apache-2.0",
    datasets: [{ name: "d", path: "d.jsonl" }],
  });
  const services = { verify: refuse, verifyAnswer: refuse, openSession: refuse };
  const resource = new LocalResource({ manifest, definition, services });
  return resource.verify(ctx, await resource.seed(ctx, ROW), ROW, RESPONSE);
}

test.each([
  ["the reward", { reward: NaN }],
  ["metric speed", { metrics: { length: 1, speed: Infinity } }],
  ["reward component style", { reward_components: { style: NaN } }],
])("%s that is not a finite number is the verifier's fault", async (what, verdict) => {
  await expect(judged(verdict)).rejects.toMatchObject({
    code: "verifier_failed",
    context: { detail: `${what} is not a finite number` },
  });
});

test("finite numbers pass", async () => {
  expect(await judged({ metrics: { speed: -1.5 }, reward_components: { style: 0 } })).toMatchObject({ reward: 1 });
});
