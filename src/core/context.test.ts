import { getEventListeners } from "node:events";
import { describe, expect, it } from "vitest";
import { orAborted, rootContext, withScope } from "./context.ts";
import { SandlotError } from "./errors/sandlot-error.ts";

describe("withScope", () => {
  it("ends the child at its limit with what was waited for", async () => {
    const waiting = withScope(rootContext(), { timeoutMs: 5, waitingFor: "a bus" }, (ctx) =>
      orAborted(ctx, new Promise(() => undefined)),
    );
    await expect(waiting).rejects.toMatchObject({ code: "deadline_exceeded", context: { waiting_for: "a bus" } });
  });

  it("passes on the parent's end and its earlier deadline", async () => {
    const controller = new AbortController();
    const parent = { ...rootContext({ signal: controller.signal }), deadline: 1000 };
    const reason = new SandlotError("cancelled", { detail: "x" });
    const child = withScope(parent, { timeoutMs: 10 ** 9 }, (ctx) => {
      expect(ctx.deadline).toBe(1000);
      return orAborted(ctx, new Promise(() => undefined));
    });
    controller.abort(reason);
    await expect(child).rejects.toBeInstanceOf(SandlotError);
  });

  it("leaves nothing behind on the parent's signal", async () => {
    const controller = new AbortController();
    const parent = rootContext({ signal: controller.signal });
    await withScope(parent, { timeoutMs: 1000 }, async () => undefined);
    await withScope(parent, {}, () => Promise.reject(new Error("x"))).catch(() => undefined);
    await orAborted(parent, Promise.resolve(1));
    expect(getEventListeners(controller.signal, "abort")).toHaveLength(0);
  });
});
