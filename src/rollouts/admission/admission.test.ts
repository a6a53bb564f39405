import { expect, test } from "vitest";
import { rootContext } from "../../core/context.ts";
import { SandlotError } from "../../core/errors/sandlot-error.ts";
import type { ModelClient } from "../../models/port.ts";
import { Admission } from "./admission.ts";

function opened(concurrency = 1_000) {
  const state = { now: 0, lateMs: 0, timers: [] as (() => void)[] };
  const clock = {
    now: () => state.now,
    monotonic: () => state.now,
    after: (_ms: number, fn: () => void) => {
      state.timers.push(fn);
      return () => undefined;
    },
  };
  const answers: (() => Promise<never>)[] = [];
  const client: ModelClient = {
    name: "policy",
    upstream: "m",
    replay: false,
    respond: () => answers.shift()?.() ?? new Promise(() => undefined),
    close: async () => undefined,
  };
  const admission = new Admission({
    concurrency,
    limits: { modelCalls: 100, sandboxStarts: 2, verifications: 2 },
    models: new Map([["policy", client]]),
    outagePatienceMs: 60_000,
    limitOf: (model) => (model === "policy" ? 7 : null),
    eventLoopDelayMs: () => state.lateMs,
    clock,
    random: () => 0,
  });
  return { admission, client, answers, state };
}

const NOTHING = new Map<string, number>();

test("claims fill the places, in batches, and what a model's fleet advises", () => {
  const { admission } = opened();
  expect(admission.room(0, NOTHING)).toEqual({
    limit: 100,
    rooms: new Map([["policy", 7]]),
    closed: [],
    isLate: false,
  });
  expect(admission.room(990, new Map([["policy", 5]]))).toMatchObject({ limit: 10, rooms: new Map([["policy", 2]]) });
  expect(admission.room(1_000, NOTHING).limit).toBe(0);
});

test("while the process comes late fewer begin at a time, and more again when it has recovered", () => {
  const { admission, state } = opened();
  const roomAfter = (lateMs: number, looks: number) => {
    state.lateMs = lateMs;
    for (let i = 0; i < looks; i++) {
      state.now += 500;
      admission.room(0, NOTHING);
    }
    return admission.room(0, NOTHING);
  };
  expect(roomAfter(300, 2)).toMatchObject({ limit: 25, isLate: true });
  expect(roomAfter(300, 20)).toMatchObject({ limit: 1, isLate: true });
  expect(roomAfter(5, 3)).toMatchObject({ limit: 8, isLate: true });
  expect(roomAfter(5, 10)).toMatchObject({ limit: 100, isLate: false });
});

test("nothing begins that would wait for minutes for a sandbox; what needs none does", async () => {
  const { admission, state } = opened();
  const ends: (() => void)[] = [];
  const code = { name: "code", manifest: { sandboxes: { python: {} } as object } };
  const enter = (environment = code) => {
    const run = () => new Promise<void>((end) => ends.push(end));
    return admission.withSandbox(rootContext(), "verifications", environment, run);
  };
  void enter({ name: "math", manifest: { sandboxes: {} } });
  ends.shift()?.();
  const first = enter();
  // One that stays for ten minutes tells what is to be expected.
  state.now += 600_000;
  ends[0]?.();
  await first;
  for (let i = 0; i < 2; i++) void enter();
  expect(admission.room(0, NOTHING).closed).toEqual([]);
  for (let i = 0; i < 10; i++) void enter();
  expect(admission.room(0, NOTHING)).toMatchObject({ limit: 100, closed: ["code"] });
  expect(admission.state.gates.find(({ gate }) => gate === "verifications")).toMatchObject({ limit: 2, inside: 2 });
});

test("a refused model call lowers that model's limit and is made again; other errors are the caller's", async () => {
  const { admission, client, answers, state } = opened();
  const admitted = admission.admitted(client);
  const fault = new SandlotError("model_bad_response", { model: "policy", detail: "x" });
  const busy = new SandlotError("model_rate_limited", { model: "policy", detail: "x" });
  answers.push(
    () => Promise.reject(busy),
    () => Promise.reject(fault),
  );
  const call = admitted.respond(rootContext(), { params: new Map(), input: [] });
  const failed = expect(call).rejects.toBe(fault);
  while (state.timers.length === 0) await Promise.resolve();
  for (const fire of state.timers.splice(0)) fire();
  await failed;
});

test("of a model that is down one rollout begins at a time, to find out when it is back", async () => {
  const { admission, client, answers } = opened();
  const admitted = admission.admitted(client);
  const down = new SandlotError("model_unreachable", { model: "policy", detail: "x", unsent: true });
  for (let i = 0; i < 5; i++) {
    answers.push(() => Promise.reject(down));
    void admitted.respond(rootContext(), { params: new Map(), input: [] }).catch(() => undefined);
  }
  for (let i = 0; i < 20; i++) await Promise.resolve();
  expect(admission.room(5, new Map([["policy", 5]])).rooms).toEqual(new Map([["policy", 0]]));
  expect(admission.room(0, NOTHING).rooms).toEqual(new Map([["policy", 1]]));
  expect(admission.state.outages).toEqual([{ model: "policy", isOpen: true, waiting: 1 }]);
});
