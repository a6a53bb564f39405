import type { V1Pod } from "@kubernetes/client-node";
import { afterEach, describe, expect, it } from "vitest";
import { type Clock, systemClock } from "../../core/clock.ts";
import { rootContext } from "../../core/context.ts";
import type { KubeApi, PodEvent } from "./api.ts";
import { PodWatch } from "./pod-watch.ts";

const ctx = rootContext();
const named = (name: string, phase = "Pending"): V1Pod => ({ metadata: { name }, status: { phase } });
const phaseOf = (pod: V1Pod | null) => pod?.status?.phase ?? "gone";

/** Pods of a server that speaks the list-and-watch protocol, and stops speaking when told to. */
class Server {
  pods: V1Pod[] = [];
  lists = 0;
  failing = false;
  readonly #watchers: { onEvent: (event: PodEvent) => void; end: (error?: Error) => void }[] = [];

  readonly api = {
    listPods: async () => {
      this.lists++;
      if (this.failing) throw new Error("no answer");
      return { pods: [...this.pods], version: String(this.lists) };
    },
    watchPods: (_selector: string, _version: string, onEvent: (event: PodEvent) => void, signal: AbortSignal) =>
      new Promise<void>((resolve, reject) => {
        this.#watchers.push({ onEvent, end: (error) => (error ? reject(error) : resolve()) });
        signal.addEventListener("abort", () => resolve());
      }),
  } as unknown as KubeApi;

  tell(type: PodEvent["type"], pod: V1Pod): void {
    for (const { onEvent } of this.#watchers) onEvent({ type, pod });
  }

  /** Ends the watch that is open. */
  drop(error?: Error): void {
    for (const { end } of this.#watchers.splice(0)) end(error);
  }
}

let watch: PodWatch | null = null;
afterEach(() => watch?.close());

async function open(server: Server): Promise<PodWatch> {
  watch = new PodWatch({ api: server.api, selector: "x=y", clock: systemClock, random: () => 0 });
  await watch.start(ctx);
  return watch;
}

describe("the watch of pods", () => {
  it("tells of expected pods, as they are and as they become", async () => {
    const server = new Server();
    const pods = await open(server);
    pods.expect("a");
    const running = pods.until(ctx, "a", (pod) => (phaseOf(pod) === "Running" ? "yes" : undefined));
    server.tell("ADDED", named("a"));
    server.tell("MODIFIED", named("b", "Running"));
    server.tell("MODIFIED", named("a", "Running"));
    expect(await running).toBe("yes");
    expect(await pods.until(ctx, "a", phaseOf)).toBe("Running");
    server.tell("DELETED", named("a"));
    expect(await pods.until(ctx, "a", phaseOf)).toBe("gone");
  });

  it("does not take a pod that it has not heard of for one that has gone", async () => {
    const server = new Server();
    const pods = await open(server);
    pods.expect("a");
    const first = pods.until(ctx, "a", phaseOf);
    // A list that was written before the pod was made.
    server.drop();
    await expect.poll(() => server.lists).toBe(2);
    server.tell("ADDED", named("a"));
    expect(await first).toBe("Pending");
  });

  it("looks at everything afresh when the watch ends, in order or not", async () => {
    const server = new Server();
    const pods = await open(server);
    for (const name of ["a", "b"]) pods.expect(name);
    for (const name of ["a", "b"]) server.tell("ADDED", named(name));
    const changed = pods.until(ctx, "a", (pod) => (phaseOf(pod) === "Running" ? true : undefined));
    const gone = pods.until(ctx, "b", (pod) => (pod ? undefined : true));
    server.pods = [named("a", "Running")];
    server.drop(new Error("connection lost"));
    await Promise.all([changed, gone]);
  });

  it("goes on when the server does not answer for a while", async () => {
    const server = new Server();
    const pods = await open(server);
    pods.expect("a");
    server.failing = true;
    server.drop();
    await expect.poll(() => server.lists).toBeGreaterThan(1);
    server.failing = false;
    server.pods = [named("a", "Running")];
    expect(await pods.until(ctx, "a", phaseOf)).toBe("Running");
  });

  it("asks a server that ends every watch at once less and less often, until one brings something", async () => {
    const server = new Server();
    const pauses: number[] = [];
    const clock: Clock = {
      ...systemClock,
      after: (ms, work) => {
        if (ms < 100_000) pauses.push(ms);
        return systemClock.after(ms < 100_000 ? 0 : ms, work);
      },
    };
    watch = new PodWatch({ api: server.api, selector: "x=y", clock, random: () => 0.5 });
    await watch.start(ctx);
    for (const trouble of [new Error("forbidden"), undefined, undefined]) {
      const { lists } = server;
      server.drop(trouble);
      await expect.poll(() => server.lists).toBe(lists + 1);
    }
    expect(pauses).toEqual([250, 500, 1000]);
    server.tell("BOOKMARK", {});
    server.drop();
    await expect.poll(() => pauses).toEqual([250, 500, 1000, 250]);
  });

  it("fails to start when the server fails, and can be started again", async () => {
    const server = new Server();
    server.failing = true;
    watch = new PodWatch({ api: server.api, selector: "x=y", clock: systemClock, random: () => 0 });
    await expect(watch.start(ctx)).rejects.toThrow("no answer");
    server.failing = false;
    await watch.start(ctx);
  });
});
