import { describe, expect, it } from "vitest";
import type { Verdict } from "../../src/contract/verdict.ts";
import type { ErrorContext } from "../../src/core/errors/contexts.ts";
import type { ErrorCode } from "../../src/core/errors/codes.ts";
import { SandlotError } from "../../src/core/errors/sandlot-error.ts";
import { serve } from "../server/support/serve.ts";
import { squareAnswer, squareRow } from "../support/rows.ts";
import { verificationsOver } from "./support.ts";

const PASSED: Verdict = {
  reward: 1,
  status: "passed",
  reason: null,
  message: "all 2 tests passed",
  answer: "",
  cases: [],
  tests: 2,
  flaky: false,
  sandbox: null,
};
const path = "/api/v1/verify";
const item = (id: string) => ({
  environment: "code_gen",
  row: squareRow(id).value,
  answer: squareAnswer(true),
});

const failing = <C extends ErrorCode>(code: C, context: ErrorContext<C>, times = Infinity) => {
  let calls = 0;
  return {
    calls: () => calls,
    verify: async () => {
      if (++calls <= times) throw new SandlotError(code, context);
      return PASSED;
    },
  };
};
const LOST = { sandbox_id: "sbx_1", detail: "gone", cause: "lost" };

describe("a fault of ours while an answer is verified", () => {
  it("is an outcome of its own, without a reward", async () => {
    const cases = [
      ["sandbox_lost", LOST, "sandbox_error"],
      ["verifier_failed", { detail: "no" }, "verifier_error"],
      ["resource_failed", { environment: "code_gen", detail: "no" }, "resource_error"],
      ["deadline_exceeded", { waiting_for: "a sandbox" }, "timed_out"],
    ] as const;
    for (const [code, context, outcome] of cases) {
      const { send } = await serve({ verification: verificationsOver(failing(code, context as never).verify) });
      const { status, json } = await send({ path, body: JSON.stringify(item("a")) });
      expect(status, code).toBe(200);
      expect(json, code).toMatchObject({
        outcome,
        reward: null,
        masked: true,
        reason: code,
        verdict: null,
        error: { code },
      });
    }
  });

  it("is tried again where that may help, and only there", async () => {
    const lost = failing("sandbox_lost", LOST, 2);
    const once = await serve({ verification: verificationsOver(lost.verify) });
    expect((await once.send({ path, body: JSON.stringify(item("a")) })).json).toMatchObject({
      outcome: "scored",
      reward: 1,
    });
    expect(lost.calls()).toBe(3);
    const thrown = failing("resource_failed", { environment: "code_gen", detail: "no" }, 1);
    const never = await serve({ verification: verificationsOver(thrown.verify) });
    expect((await never.send({ path, body: JSON.stringify(item("a")) })).json["outcome"]).toBe("resource_error");
    expect(thrown.calls()).toBe(1);
  });

  it("masks that item of a batch and no other", async () => {
    let calls = 0;
    const verification = verificationsOver(async () => {
      if (++calls === 1) throw new SandlotError("resource_failed", { environment: "code_gen", detail: "no" });
      return PASSED;
    }, 1);
    const { send } = await serve({ verification });
    const { json } = await send({ path, body: JSON.stringify({ items: [item("a"), item("b"), item("c")] }) });
    expect(json).toMatchObject({ requested: 3, scored: 2, masked: 1, mean_reward: 1 });
    expect(json["items"]).toMatchObject([{ reward: null }, { task_id: "b", reward: 1 }, { task_id: "c", reward: 1 }]);
  });

  it("that is too much work is a 503 to come back after, and nothing about the answer", async () => {
    const full = failing("queue_full", { resource: "execution slots", retry_after: 7 });
    const { send } = await serve({ verification: verificationsOver(full.verify) });
    const { status, error, headers } = await send({ path, body: JSON.stringify(item("a")) });
    expect([status, error.code, headers["retry-after"]]).toEqual([503, "queue_full", "7"]);
  });

  it("that disagrees with itself is the verifier's", async () => {
    const { send } = await serve({ verification: verificationsOver(async () => ({ ...PASSED, flaky: true })) });
    const { json } = await send({ path, body: JSON.stringify(item("a")) });
    expect(json).toMatchObject({ outcome: "verifier_error", reward: null, masked: true });
  });

  it("and a server without sandboxes says so", async () => {
    const { send } = await serve();
    const { status, error } = await send({ path, body: JSON.stringify(item("a")) });
    expect([status, error.code]).toEqual([503, "provider_unavailable"]);
  });
});

describe("a request to verify that is wrong", () => {
  const never = verificationsOver(() => Promise.reject(new Error("nothing is to be verified")));
  const problemsOf = async (body: unknown) => {
    const { send } = await serve({ verification: never });
    const { status, error } = await send({ path, body: JSON.stringify(body) });
    return {
      status,
      code: error.code,
      fields: (error.context["fields"] ?? []) as { field: string; problem: string }[],
    };
  };

  it("is refused with the field that is named", async () => {
    const good = item("a");
    const { answer, row, ...rest } = good;
    const wrong: [unknown, string][] = [
      [{ ...good, task: "x" }, "task"],
      [{ ...rest, answer }, "task"],
      [{ ...rest, row }, "answer"],
      [{ ...good, response: { id: "r", object: "response", model: "m", output: [] } }, "answer"],
      [{ ...good, dataset: "d" }, "dataset"],
      [{ row, answer }, "environment"],
      [{ ...good, reward: 1 }, "reward"],
      [{ environment: "code_gen", items: [good], answer }, "answer"],
      [{ items: [good, { ...good, environment: undefined }] }, "items[1].environment"],
      [{ items: [good, { ...good, answer: 3 }] }, "items[1].answer"],
      [{ items: [] }, "items"],
      [{ items: Array.from({ length: 1025 }, () => good) }, "items"],
      [{ ...good, row: { responses_create_params: { input: "x" } } }, "row.verifier_metadata"],
      [{ items: [good, { ...good, row: {} }] }, "items[1].row.responses_create_params"],
      [{ items: [good, { environment: "code_gen", task: "leap-censu", answer }] }, "items[1].task"],
    ];
    for (const [body, field] of wrong) {
      const { status, fields } = await problemsOf(body);
      expect(status, field).toBe(400);
      expect(fields.map((one) => one.field)).toContain(field);
    }
  });

  it("names what it looked for", async () => {
    expect(await problemsOf({ ...item("a"), environment: "code_gem" })).toMatchObject({
      status: 400,
      code: "unknown_environment",
    });
    const unknown = { environment: "code_gen", task: "leap-censu", answer: "" };
    expect(await problemsOf(unknown)).toMatchObject({ status: 400, code: "unknown_task" });
    const dataset = { environment: "code_gen", task: "leap-census", dataset: "other", answer: "" };
    expect(await problemsOf(dataset)).toMatchObject({ status: 404, code: "not_found" });
  });
});
