import { openFleet } from "../../src/models/index.ts";
import { inParallel, quantile, seeded, table, timed } from "../support/measure.ts";
import { converse } from "./conversation.ts";
import type { Setup } from "./setup.ts";

const POLICIES = ["sticky_least_cost", "round_robin", "least_requests", "hash_mod"] as const;
const GROUPS = 12;
const SIBLINGS = 4;
const AT_ONCE = 16;
const TURNS = 6;
/** Words of the instructions, each group's its own: about 250 tokens of the tiny model. */
const WORDS = 60;

interface Round {
  readonly queries: number;
  readonly hits: number;
  readonly seconds: number;
  readonly calls: number;
  readonly latencies: readonly number[];
}

/** The same conversations under each policy, in turns, from empty caches: what the engines say they found cached. */
export async function measureCache(setup: Setup, rounds: number): Promise<void> {
  const results = new Map<string, Round[]>(POLICIES.map((policy) => [policy, []]));
  for (let round = 0; round < rounds; round++)
    for (const policy of round % 2 === 0 ? POLICIES : POLICIES.toReversed())
      results.get(policy)?.push(await play(setup, policy, round));
  table([
    [
      `${GROUPS} groups of ${SIBLINGS}, ${TURNS} turns, ${rounds} rounds`,
      "calls",
      "prompt tokens",
      "cached",
      "seconds",
      "call p50 ms",
    ],
    ...Array.from(results, ([policy, played]) => {
      const sum = (of: (round: Round) => number) => played.reduce((all, one) => all + of(one), 0);
      const share = `${((100 * sum(({ hits }) => hits)) / sum(({ queries }) => queries)).toFixed(1)} %`;
      const seconds = played.map(({ seconds: one }) => one.toFixed(1)).join(" ");
      const latency = quantile(
        played.flatMap(({ latencies }) => latencies),
        0.5,
      );
      return [policy, sum(({ calls }) => calls), sum(({ queries }) => queries), share, seconds, latency.toFixed(0)];
    }),
  ]);
}

async function play(
  { members, model, engines }: Setup,
  policy: (typeof POLICIES)[number],
  round: number,
): Promise<Round> {
  for (const [at] of members.entries()) await engines.post(at, "/reset_prefix_cache");
  const random = seeded(round);
  const words = "red blue green white black yellow orange purple silver golden Paris Rome Oslo Lima Cairo".split(" ");
  const instructions = Array.from({ length: GROUPS }, () =>
    Array.from({ length: WORDS }, () => words[Math.floor(random() * words.length)]).join(" "),
  );
  const fleet = openFleet({ name: policy, model, api: "chat", tokens: true, members, policy, random });
  const before = await counted(engines);
  const latencies: number[] = [];
  try {
    const ms = await timed(() =>
      inParallel(GROUPS * SIBLINGS, AT_ONCE, async (at) => {
        const group = Math.floor(at / SIBLINGS);
        const place = { session: `${round}-${at}`, group: 100 * round + group, seed: at };
        const own = { turns: TURNS, template: { keep_thinking: true }, instructions: instructions[group] ?? "" };
        for (const { durationMs } of await converse(fleet.client, { ...place, ...own })) latencies.push(durationMs);
      }),
    );
    const after = await counted(engines);
    const [queries, hits] = [after.queries - before.queries, after.hits - before.hits];
    return { queries, hits, seconds: ms / 1000, calls: latencies.length, latencies };
  } finally {
    await fleet.close();
  }
}

async function counted(engines: Setup["engines"]) {
  const of = async (name: string) => (await engines.counter(name)).reduce((sum, one) => sum + one, 0);
  const [queries, hits] = await Promise.all(
    ["vllm:prefix_cache_queries_total", "vllm:prefix_cache_hits_total"].map(of),
  );
  return { queries: queries ?? 0, hits: hits ?? 0 };
}
