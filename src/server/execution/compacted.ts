import type { Execution, Stage } from "../../execution/service.ts";
import type { CapturedOutput } from "../../sandbox/index.ts";
import { stageBytes } from "./answer-memory.ts";

/** What a stage costs beside its output: times, names, messages. */
const STAGE_BYTES = 2048;

/** Memory that an execution takes once it is compacted. */
export function executionBytes({ compile, cases }: Execution): number {
  return [compile, ...cases].reduce((sum, stage) => sum + (stage ? STAGE_BYTES + stageBytes(stage) : 16), 0);
}

/** The same with bytes of its own: slices would keep the whole buffers alive that they were cut from. */
export function compacted(execution: Execution): Execution {
  const { compile, cases } = execution;
  return { ...execution, compile: compile && compactStage(compile), cases: cases.map((it) => it && compactStage(it)) };
}

function compactStage(stage: Stage): Stage {
  const files = stage.files.map((file) => ({ ...file, data: Buffer.from(file.data) }));
  return { ...stage, stdout: compactOutput(stage.stdout), stderr: compactOutput(stage.stderr), files };
}

function compactOutput({ head, tail, dropped }: CapturedOutput): CapturedOutput {
  return { head: Buffer.from(head), tail: Buffer.from(tail), dropped };
}
