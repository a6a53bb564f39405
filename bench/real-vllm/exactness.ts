import { openFleet } from "../../src/models/index.ts";
import { inParallel, table } from "../support/measure.ts";
import { converse } from "./conversation.ts";
import type { Setup } from "./setup.ts";

const CONVERSATIONS = 48;
const AT_ONCE = 16;
const TURNS = 6;

const KINDS: readonly [string, object][] = [
  ["it reasons, and the template keeps it", { keep_thinking: true }],
  ["it does not reason", { enable_thinking: false }],
  ["it reasons, and the template drops it when a user speaks again", {}],
];

/** Conversations of tools and further questions over the whole fleet: whether each is one sequence of tokens. */
export async function measureExactness({ members, model }: Setup): Promise<void> {
  const rows: (string | number)[][] = [
    [`${CONVERSATIONS} conversations of ${TURNS} turns each`, "calls", "exact turns", "one sequence", "breaks"],
  ];
  for (const [name, template] of KINDS) {
    const fleet = openFleet({ name: "exactness", model, api: "chat", tokens: true, members });
    const breaks = new Map<string, number>();
    let [calls, exact, whole] = [0, 0, 0];
    try {
      await inParallel(CONVERSATIONS, AT_ONCE, async (at) => {
        const place = { session: `conversation-${at}`, group: at % 12, seed: at };
        const made = await converse(fleet.client, { ...place, turns: TURNS, template });
        const broken = made.flatMap(({ broken: one }) => one ?? []);
        calls += made.length;
        exact += made.filter(({ parent, broken: one }) => parent !== null && one === null).length;
        whole += broken.length === 0 ? 1 : 0;
        for (const { reason } of broken) breaks.set(reason, (breaks.get(reason) ?? 0) + 1);
      });
    } finally {
      await fleet.close();
    }
    const named = Array.from(breaks, ([reason, count]) => `${count} ${reason}`).join(", ");
    rows.push([name, calls, exact, `${whole} of ${CONVERSATIONS}`, named || "none"]);
  }
  table(rows);
}
