import type { BatchEnd, CaseEvent, OutputEvent, RunView, StageView } from "../../contract/execution-answers.ts";
import type { Execution, ExecutionListener, Stage } from "../../execution/service.ts";
import type { StreamEvent } from "../route-types.ts";
import { type AnswerAccount, pieceBytes } from "./answer-memory.ts";
import { bytesView } from "./bytes-view.ts";
import type { EventQueue } from "./event-queue.ts";
import { batchEnd, runView, stageView } from "./stage-view.ts";
import { Utf8Chunks } from "./utf8-chunks.ts";

/** Pieces of output that wait become one event up to so many bytes: a program may write them one by one. */
const OUTPUT_BYTES = 64 * 1024;

type StreamName = OutputEvent["stream"];

/** What was heard of an execution, not yet in the form in which it is sent. */
export type Heard =
  | { readonly type: "compiled"; readonly stage: Stage }
  | { readonly type: "case"; readonly index: number; readonly stage: Stage }
  | OutputHeard
  | { readonly type: "end"; readonly execution: Execution };

interface OutputHeard {
  readonly type: "output";
  readonly stream: StreamName;
  readonly parts: Uint8Array[];
  size: number;
  /** Bytes of memory that it takes. */
  cost: number;
}

/** Whether output is heard as it comes, or stages alone. */
export type Hears = "all" | "stages";

/** A listener that puts what it hears into a queue. */
export function hearInto(queue: EventQueue<Heard>, hears: Hears): ExecutionListener {
  const stages: ExecutionListener = {
    onCompiled: (stage) => queue.push({ type: "compiled", stage }),
    onCase: (index, stage) => queue.push({ type: "case", index, stage }),
  };
  if (hears === "stages") return stages;
  return {
    ...stages,
    onOutput(stream, data) {
      const last = queue.last;
      const cost = pieceBytes(data);
      if (last?.type === "output" && last.stream === stream && last.size + data.length <= OUTPUT_BYTES) {
        last.parts.push(data);
        last.size += data.length;
        last.cost += cost;
      } else queue.push({ type: "output", stream, parts: [data], size: data.length, cost });
    },
  };
}

/** The events of a run: `compiled`, `output`, `result`. Output that has been sent is given back to the account. */
export async function* runEvents(
  heard: AsyncIterable<Heard>,
  requestId: string | undefined,
  account: AnswerAccount,
): AsyncGenerator<StreamEvent> {
  const chunks = { stdout: new Utf8Chunks(), stderr: new Utf8Chunks() };
  for await (const one of heard) {
    if (one.type === "compiled") yield compiledEvent(one.stage);
    else if (one.type === "output") {
      const data = chunks[one.stream].take(Buffer.concat(one.parts));
      if (data.length > 0) yield outputEvent(one.stream, data);
      account.give(one.cost);
    } else if (one.type === "end") {
      for (const stream of ["stdout", "stderr"] as const) {
        const rest = chunks[stream].end();
        if (rest.length > 0) yield outputEvent(stream, rest);
      }
      const result: RunView = runView(one.execution, requestId);
      yield { event: "result", data: result };
    }
  }
}

/** The events of a batch: `compiled`, `case`, `end`. */
export async function* batchEvents(
  heard: AsyncIterable<Heard>,
  requestId: string | undefined,
): AsyncGenerator<StreamEvent> {
  for await (const one of heard) {
    if (one.type === "compiled") yield compiledEvent(one.stage);
    else if (one.type === "case") {
      const data: CaseEvent = { index: one.index, ...stageView(one.stage) };
      yield { event: "case", data };
    } else if (one.type === "end") {
      const data: BatchEnd = batchEnd(one.execution, requestId);
      yield { event: "end", data };
    }
  }
}

function compiledEvent(stage: Stage): StreamEvent {
  const data: StageView = stageView(stage);
  return { event: "compiled", data };
}

function outputEvent(stream: StreamName, bytes: Buffer): StreamEvent {
  const data: OutputEvent = { stream, ...bytesView(bytes) };
  return { event: "output", data };
}
