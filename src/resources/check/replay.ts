import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { parse } from "yaml";
import { z } from "zod";
import type { CallContext } from "../../core/context.ts";
import type { Environment } from "../environment.ts";
import type { Row } from "../port.ts";
import { rowsByTask } from "../tasks.ts";
import { type FixtureKind, readFixtures } from "./fixtures.ts";

/** What the replay model answers to a task. */
export interface Recording {
  readonly task: string;
  /** Text of the row's user messages. */
  readonly prompt: string;
  readonly answers: readonly RecordedAnswer[];
}

/** A recorded final text, and what it was recorded as. */
export interface RecordedAnswer {
  readonly text: string;
  readonly kind: FixtureKind;
}

/** `fixtures/replay.yaml`: task → names of the fixtures that the replay model answers, in order. */
const ReplayPlan = z.record(z.string(), z.array(z.string()).min(1));

/** The recorded attempts of an environment; empty when it has none. */
export async function readRecordings(ctx: CallContext, environment: Environment): Promise<Recording[]> {
  const text = await readFile(join(environment.folder, "fixtures", "replay.yaml"), "utf8").catch(() => null);
  if (text === null) return [];
  const plan = ReplayPlan.parse(parse(text));
  const known = await readFixtures(environment.folder);
  // The replay model answers texts, so only those can be recorded.
  const texts = known.filter(({ output }) => output === undefined);
  const fixtures = new Map(texts.map(({ task, name, kind, answer }) => [`${task}/${name}`, { text: answer, kind }]));
  const rows = await environment.dataset(ctx);
  const byTask = rowsByTask(rows);
  return Object.entries(plan).map(([task, names]) => {
    const row = byTask.get(task);
    if (!row) throw new Error(`replay.yaml names the unknown task ${task}`);
    const answers = names.map((name) => {
      const answer = fixtures.get(`${task}/${name}`);
      if (answer === undefined) throw new Error(`replay.yaml names the unknown fixture ${task}/${name}`);
      return answer;
    });
    return { task, prompt: promptOf(row), answers };
  });
}

/** Text of a row's user messages, joined by line breaks. */
export function promptOf(row: Row): string {
  const params = row.value["responses_create_params"] as { input?: unknown } | undefined;
  const input = params?.input;
  if (typeof input === "string") return input;
  if (!Array.isArray(input)) return "";
  const messages = input.filter(
    (item): item is { role: string; content: unknown } => (item as { role?: unknown }).role === "user",
  );
  return messages.map((message) => textOf(message.content)).join("\n");
}

function textOf(content: unknown): string {
  if (typeof content === "string") return content;
  if (!Array.isArray(content)) return "";
  return content.map((part: { text?: unknown }) => (typeof part.text === "string" ? part.text : "")).join("");
}
