import { expect, it } from "vitest";
import { startStandIn } from "../../../src/models/stand-in/index.ts";
import type { ModelClient } from "../../../src/models/port.ts";
import { closedAfterEach } from "../closed-after-each.ts";
import { openGatewaySession, samplesOf } from "../gateway-session.ts";
import { openFleetOf } from "./fleet-of-stand-ins.ts";

const closing = closedAfterEach();

/** A fleet of engines that generate other tokens than their tokenizer would; `scaleOut` says which take token ids. */
async function startMixed(scaleOut: readonly boolean[]) {
  const urls = await Promise.all(
    scaleOut.map(async (isExact) => {
      const engine = await startStandIn({ model: "m", speed: Infinity, drift: true, scaleOut: isExact });
      closing(() => engine.stop());
      return engine.replicas[0]?.url ?? "";
    }),
  );
  const opened = openFleetOf(closing, urls);
  await opened.ready();
  return opened;
}

/** One agent's conversation of four turns: the replica of each, and why it broke. */
async function converse({ fleet }: Awaited<ReturnType<typeof startMixed>>) {
  const replicas: (string | null)[] = [];
  const client: ModelClient = {
    ...fleet.client,
    respond: async (...args) => {
      const call = await fleet.client.respond(...args);
      replicas.push(call.replica ?? null);
      return call;
    },
  };
  const { openai, session } = await openGatewaySession(client, closing);
  const messages: { role: "user" | "assistant"; content: string }[] = [];
  for (const content of ["one", "two", "three", "four"]) {
    messages.push({ role: "user", content });
    const { choices } = await openai.chat.completions.create({ model: "policy", messages });
    messages.push({ role: "assistant", content: choices[0]?.message.content ?? "" });
  }
  session.end();
  return { replicas, samples: samplesOf(session) };
}

it("one replica without routes from token ids ends exact turns of no rollout: they go to the others", async () => {
  const fleet = await startMixed([false, true, true]);
  const rollouts = [];
  for (let at = 0; at < 12; at++) rollouts.push(await converse(fleet));
  expect(rollouts.map(({ samples }) => samples.map((sample) => sample.call_ids.length))).toEqual(
    rollouts.map(() => [4]),
  );
  // Once it is known, no rollout begins where it could not go on.
  const onText = rollouts.flatMap(({ replicas }) => replicas).filter((replica) => replica === "r0");
  expect(onText.length).toBeLessThanOrEqual(1);
});

it("where no replica has them, turns go out as text, and say how that broke them", async () => {
  const { replicas, samples } = await converse(await startMixed([false, false]));
  expect(replicas).toHaveLength(4);
  expect(samples.slice(1).map((sample) => sample.break?.reason)).toContain("non_canonical_tokens");
});
