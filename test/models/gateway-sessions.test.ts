import { describe, expect, it } from "vitest";
import { rootContext } from "../../src/core/context.ts";
import { silentLogger } from "../../src/core/logger.ts";
import { ModelGateway, type ModelClient } from "../../src/models/index.ts";
import type { ModelRequest } from "../../src/models/port.ts";
import { GatewaySessions, type SessionLimits } from "../../src/models/gateway/sessions.ts";
import type { GatewaySession } from "../../src/models/gateway/session.ts";
import { closedAfterEach } from "./closed-after-each.ts";
import { manualClock } from "./clocks.ts";
import { samplesOf } from "./gateway-session.ts";

const closing = closedAfterEach();
const ctx = rootContext();

const idsOf = (text: string) => Array.from(text, (letter) => letter.codePointAt(0) ?? 0);
const user = (content: string) => JSON.stringify({ role: "user", content });
const assistant = (content: string) => JSON.stringify({ role: "assistant", content });
const asking = (...input: string[]): ModelRequest => ({ params: new Map(), input });

const letter = (at: number) => String.fromCodePoint(65 + (at % 26));

/** An engine of one letter a token, whose template adds nothing. It answers one letter after the other. */
function letterClient(): ModelClient {
  let answered = 0;
  return {
    name: "policy",
    upstream: "m",
    replay: false,
    respond: (_ctx, { input }) => {
      const text = letter(answered++);
      const said = input.map((raw) => (JSON.parse(raw) as { content: string }).content).join("");
      const message = { type: "message", role: "assistant", content: [{ type: "output_text", text }] };
      return Promise.resolve({
        request: "{}",
        response: "{}",
        status: 200,
        answer: { id: "r", object: "response", model: "m", output: [message] },
        items: [JSON.stringify(message)],
        finishReason: "stop",
        truncatedBy: null,
        usage: null,
        tokens: { promptTokenIds: idsOf(said), generationTokenIds: idsOf(text), generationLogProbs: [-0.5] },
        weightVersion: "1",
        startedAt: 0,
        durationMs: 1,
      });
    },
    close: () => Promise.resolve(),
  };
}

function openSessions(limits: SessionLimits = {}) {
  const clock = manualClock();
  const sessions = new GatewaySessions({ clock, logger: silentLogger, ...limits });
  closing(() => sessions.close());
  const open = (lifetimeMs = 60_000, maxBytes = 1 << 20) => {
    const bounds = { expiresAt: clock.now() + lifetimeMs, maxCalls: 100, maxBytes };
    return sessions.open({ tenant: "t", client: letterClient(), group: null, sampling: new Map(), bounds });
  };
  return { clock, sessions, open };
}

const say = (session: GatewaySession, ...input: string[]) => session.respond(ctx, asking(...input));

describe("the sessions of a gateway", () => {
  it("leave their places to others when they end, and keep what they captured", async () => {
    const { sessions, open } = openSessions({ sessions: 1 });
    const { session, token } = open();
    await say(session, user("a"));
    expect(() => open()).toThrow(/overloaded/);
    sessions.end(session.id);
    expect(sessions.find(token)).toBeNull();
    expect(sessions.get(session.id)).toBe(session);
    expect(samplesOf(session)).toMatchObject([{ prompt_ids: idsOf("a"), response_ids: idsOf("A"), mask: false }]);
    const next = open();
    expect(sessions.find(next.token)).toBe(next.session);
  });

  it("end when their time is over, and wait an hour for their samples to be fetched", () => {
    const { clock, sessions, open } = openSessions();
    const { session, token } = open(60_000);
    clock.advance(61_000);
    expect([sessions.find(token), session.isEnded]).toEqual([null, true]);
    clock.advance(3_500_000);
    expect(sessions.get(session.id)).toBe(session);
    clock.advance(200_000);
    expect(sessions.get(session.id)).toBeNull();
  });

  it("go five minutes after their samples were fetched", () => {
    const { clock, sessions, open } = openSessions();
    const { session } = open();
    sessions.fetched(session.id);
    sessions.end(session.id);
    sessions.fetched(session.id);
    clock.advance(290_000);
    sessions.fetched(session.id);
    expect(sessions.get(session.id)).toBe(session);
    clock.advance(30_000);
    expect(sessions.get(session.id)).toBeNull();
  });

  it("are refused more calls when one has used its memory up, with the bound", async () => {
    const { open } = openSessions();
    const { session } = open(60_000, 20_000);
    await say(session, user("x".repeat(20_000)));
    expect(session.bytes).toBeGreaterThan(100_000);
    await expect(say(session, user("a"))).rejects.toMatchObject({
      code: "session_spent",
      context: { session_id: session.id, bytes: 20_000 },
    });
  });

  it("give up the memory of those that have ended, the fetched first, before they refuse a call", async () => {
    const { sessions, open } = openSessions({ bytes: 400_000 });
    const full = async () => {
      const { session } = open();
      await say(session, user("x".repeat(20_000)));
      return session;
    };
    const [unread, read, live] = [await full(), await full(), await full()];
    for (const { id } of [unread, read]) sessions.end(id);
    sessions.fetched(read.id);
    const more = await full();
    const here = () => [unread, read, live, more].map(({ id }) => sessions.get(id) !== null);
    expect(here()).toEqual([true, true, true, true]);
    await say(live, user("a"));
    expect(here()).toEqual([true, false, true, true]);
    await full();
    expect(here()).toEqual([true, false, true, true]);
    await full();
    expect(here()).toEqual([false, false, true, true]);
    await expect(say(live, user("a"))).rejects.toMatchObject({ code: "overloaded" });
    expect(() => open()).toThrow(/memory of model sessions/);
    sessions.remove(more.id);
    await say(live, user("a"));
  });

  it("are forgotten at once when they are removed", async () => {
    const { sessions, open } = openSessions();
    const { session, token } = open();
    sessions.remove(session.id);
    sessions.remove(session.id);
    expect([sessions.find(token), sessions.get(session.id), session.isEnded]).toEqual([null, null, true]);
  });
});

describe("what a session captured", () => {
  /** One conversation, edited in its second turn. */
  async function edited() {
    const { session } = openSessions().open();
    const first = await say(session, user("a"));
    const conversation = [user("a"), assistant("x"), user("b")];
    const second = await say(session, ...conversation);
    expect(second.broken).toEqual({ reason: "edited_history", after: first.id, position: 1 });
    return { session, first, second, conversation };
  }

  it("takes the memory of its last prompt, not of all of them", async () => {
    const { session } = openSessions().open(60_000, 1 << 30);
    const conversation = [user("x".repeat(50_000))];
    for (let turn = 0; turn < 50; turn++) {
      await say(session, ...conversation);
      conversation.push(assistant(letter(turn)), user("y".repeat(500)));
    }
    expect(samplesOf(session).map(({ call_ids }) => call_ids.length)).toEqual([50]);
    // One byte for each letter, and four, with room to grow, for its token.
    expect(session.bytes).toBeLessThan(8 * conversation.join("").length);
  });

  it("names the break of a call that is made again after its answer was lost", async () => {
    const { session, first, second, conversation } = await edited();
    session.lost(second.id);
    const third = await say(session, ...conversation);
    expect(third.broken).toEqual(second.broken);
    const { contiguity } = session.captured;
    expect(contiguity).toMatchObject({ calls: 2, branches: 2, breaks: [{ call: third.id, turn: 2, position: 1 }] });
    expect(samplesOf(session).map((sample) => [sample.call_ids, sample.break])).toEqual([
      [[first.id], null],
      [[third.id], third.broken],
    ]);
  });

  it("keeps a call that was taken for lost, and went on: its answer had arrived", async () => {
    const { session, first, second, conversation } = await edited();
    session.lost(second.id);
    expect(samplesOf(session).map(({ call_ids }) => call_ids)).toEqual([[first.id]]);
    expect(session.captured.contiguity).toMatchObject({ calls: 1, branches: 1, contiguous: true });
    const third = await say(session, ...conversation, assistant("B"), user("c"));
    expect(session.captured.contiguity).toMatchObject({ calls: 3, branches: 2 });
    expect(samplesOf(session).map((sample) => [sample.call_ids, sample.break, sample.mask])).toEqual([
      [[first.id], null, false],
      [[second.id, third.id], second.broken, false],
    ]);
  });

  it("comes by page", async () => {
    const clock = manualClock();
    const models = new Map([["policy", letterClient()]]);
    const at = { host: "127.0.0.1", port: 0, publicUrl: null };
    const gateway = new ModelGateway({ models, ...at, clock, logger: silentLogger });
    closing(() => gateway.close());
    const asked = { model: "policy", group: null, sampling: new Map(), lifetimeMs: 60_000, maxCalls: 10 };
    const { id, root } = await gateway.open(ctx, asked);
    for (const content of ["a", "b", "c"]) {
      const body = JSON.stringify({ model: "policy", messages: [{ role: "user", content }] });
      const answer = await fetch(`${root}/v1/chat/completions`, { method: "POST", body });
      expect(answer.status).toBe(200);
    }
    const page = (from: number, limit: number) => {
      const { items, ...rest } = gateway.samples(ctx, id, { from, limit });
      return { branches: items.map(({ branch }) => branch), ...rest };
    };
    expect(page(0, 2)).toEqual({ branches: [0, 1], next: 2, complete: false });
    expect(page(2, 2)).toEqual({ branches: [2], next: 3, complete: false });
    gateway.end(ctx, id);
    expect(page(0, 2)).toEqual({ branches: [0, 1], next: 2, complete: false });
    expect(page(2, 2)).toEqual({ branches: [2], next: 3, complete: true });
    expect(page(3, 2)).toEqual({ branches: [], next: 3, complete: true });
    clock.advance(320_000);
    expect(() => gateway.get(ctx, id)).toThrow(/not found/);
  });
});
