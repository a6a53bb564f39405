import { describe, expect, test } from "vitest";
import { manualClock } from "../../../test/server/support/manual-clock.ts";
import { type CallContext, rootContext } from "../../core/context.ts";
import { SandlotError } from "../../core/errors/sandlot-error.ts";
import { Outage } from "./outage.ts";

const refused = new SandlotError("model_unreachable", { model: "policy", detail: "refused", unsent: true });
const broken = new SandlotError("model_unreachable", { model: "policy", detail: "broken off" });
const rejected = new SandlotError("model_rejected", { model: "policy", detail: "no", status: 400 });

/** An endpoint that fails as it is told, or answers. */
function endpoint() {
  const clock = manualClock();
  const state = { fault: null as SandlotError | null, calls: 0 };
  const outage = new Outage({ model: "policy", patienceMs: 60_000, clock });
  const call = (task: string | null, ctx: CallContext = rootContext()) =>
    outage
      .run(ctx, task, async () => {
        state.calls++;
        if (state.fault) throw state.fault;
        return "answer";
      })
      .catch((error: unknown) => SandlotError.from(error).code);
  const pass = async (ms: number) => {
    await settle();
    for (let left = ms; left > 0; left -= 100) {
      clock.advance(Math.min(100, left));
      await settle();
    }
  };
  return { outage, state, call, pass };
}

async function settle() {
  for (let i = 0; i < 20; i++) await Promise.resolve();
}

describe("an outage", () => {
  test("is known after five failures in a row; then calls wait, one goes out each second, and an answer frees them", async () => {
    const { outage, state, call, pass } = endpoint();
    state.fault = refused;
    const first = await Promise.all(["a", "b", "c", "d"].map((task) => call(task)));
    expect([new Set(first), outage.isOpen]).toEqual([new Set(["model_unreachable"]), false]);
    const held = Array.from({ length: 300 }, (_, i) => call(`t${i}`));
    await settle();
    expect([outage.isOpen, outage.waiting, state.calls]).toEqual([true, 300, 4 + 300]);
    await pass(10_000);
    expect([outage.waiting, state.calls]).toEqual([300, 304 + 10]);
    state.fault = null;
    await pass(1_000);
    expect(outage.isOpen).toBe(false);
    await pass(100);
    expect(new Set(await Promise.all(held))).toEqual(new Set(["answer"]));
    expect(await call("new")).toBe("answer");
  });

  test("is none while others are answered in between", async () => {
    const { outage, state, call } = endpoint();
    for (let i = 0; i < 12; i++) {
      state.fault = i % 4 === 3 ? null : refused;
      await call(`t${i}`);
    }
    expect(outage.isOpen).toBe(false);
  });

  test("is not what one task does to its connections, but is what every task meets", async () => {
    const { outage, state, call } = endpoint();
    state.fault = broken;
    for (let i = 0; i < 20; i++) expect(await call("poison")).toBe("model_unreachable");
    expect(outage.isOpen).toBe(false);
    for (const task of ["a", "b", "c"]) await call(task);
    expect(outage.isOpen).toBe(false);
    void call("d");
    await settle();
    expect([outage.isOpen, outage.waiting]).toEqual([true, 1]);
  });

  test("ends with a refusal, too: somebody is there", async () => {
    const { outage, state, call, pass } = endpoint();
    state.fault = refused;
    const held = Array.from({ length: 5 }, () => call("t"));
    await settle();
    expect(outage.isOpen).toBe(true);
    state.fault = rejected;
    await pass(1_500);
    expect([outage.isOpen, (await Promise.all(held)).at(-1)]).toEqual([false, "model_rejected"]);
  });

  test("is waited for as long as the patience lasts, on nobody's time, and not beyond the context", async () => {
    const { outage, state, call, pass } = endpoint();
    state.fault = refused;
    for (let i = 0; i < 4; i++) await call(null);
    let paused = 0;
    const pause = () => {
      paused++;
      return () => void paused--;
    };
    const patient = call(null, { ...rootContext(), pause });
    const controller = new AbortController();
    const cancelled = call(null, rootContext({ signal: controller.signal }));
    await settle();
    expect([outage.waiting, paused]).toEqual([2, 1]);
    controller.abort(new SandlotError("cancelled", { detail: "by the test" }));
    expect(await cancelled).toBe("cancelled");
    await pass(59_000);
    expect([outage.waiting, paused]).toEqual([1, 1]);
    await pass(2_000);
    expect([await patient, outage.waiting, paused]).toEqual(["model_unreachable", 0, 0]);
  });
});
