import { type ChildProcess, fork } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";

/** What it answers: items of the first turn, of the turn after one tool result, and so on; the last stands for all that follow. */
export interface InstantModel {
  readonly turns: readonly (readonly object[])[];
  /** Milliseconds that each answer takes. Default 0. */
  readonly delayMs?: number;
  /** Calls beyond so many are refused with 429. */
  readonly atOnce?: number;
}

export interface RunningModel {
  readonly url: string;
  readonly process: ChildProcess;
  stop(): void;
}

export async function startInstantModel(model: InstantModel): Promise<RunningModel> {
  const file = join(import.meta.dirname, "instant-model-process.ts");
  const child = fork(file, [JSON.stringify(model)], { execArgv: ["--import", "tsx"] });
  const [url] = (await once(child, "message")) as [string];
  return { url, process: child, stop: () => child.kill() };
}

/** An item by which the model calls a tool. */
export function toolCall(name: string, args: object): object {
  return { type: "function_call", id: "fc_1", call_id: "call_1", name, arguments: JSON.stringify(args) };
}

/** An item with the model's words. */
export function says(text: string): object {
  const content = [{ type: "output_text", text, annotations: [] }];
  return { type: "message", id: "msg_1", role: "assistant", status: "completed", content };
}
