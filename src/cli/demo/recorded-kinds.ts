import type { Client } from "../../client/index.ts";
import { isJsonObject } from "../../core/json/parse.ts";
import { outputText, ResponseObject } from "../../contract/responses.ts";
import type { RunningReplay } from "../services.ts";
import { count } from "../terminal/format.ts";
import type { Screen } from "../terminal/screen.ts";
import { table } from "../terminal/table.ts";
import { worth } from "./failure-lines.ts";

/** What attempts were recorded as, in the order in which the demo tells them. */
const KINDS = {
  reference: "right",
  honest: "right, another way",
  wrong: "wrong",
  crash: "crashing",
  loop: "looping",
  memory: "memory-hungry",
  flood: "flooding",
  hack: "cheating",
} as const;

const PAGE = 100;

/** A line for each kind of recorded attempt: how many were played, and what they were worth. */
export async function recordedKindLines(
  { colors: c, columns }: Screen,
  client: Client,
  jobId: string,
  replay: RunningReplay,
): Promise<string[]> {
  const kinds = new Map<string, { count: number; rewards: Set<number | null> }>();
  for (let cursor: string | undefined; ;) {
    const page = await client.listRollouts(jobId, { cursor, limit: PAGE, include: "record" });
    for (const rollout of page.items) {
      const kind = replay.kindOf(finalText("trajectory" in rollout ? rollout.trajectory : null));
      if (kind === null) continue;
      const seen = kinds.get(kind) ?? { count: 0, rewards: new Set() };
      seen.count++;
      seen.rewards.add(rollout.reward);
      kinds.set(kind, seen);
    }
    if (page.items.length < PAGE) break;
    cursor = page.next_cursor;
  }
  const rows = Object.entries(KINDS).flatMap(([kind, name]) => {
    const seen = kinds.get(kind);
    return seen ? [[name, count(seen.count), worth([...seen.rewards])]] : [];
  });
  const titles = [{ title: "recorded as" }, { title: "rollouts", align: "right" }, { title: "worth" }] as const;
  return rows.length === 0 ? [] : table(titles, rows, { width: columns, paintTitle: c.bold });
}

function finalText(trajectory: unknown): string {
  const response = ResponseObject.safeParse(isJsonObject(trajectory) ? trajectory["response"] : null);
  return response.success ? outputText(response.data.output) : "";
}
