import type { Stage } from "../../execution/service.ts";
import { commandResult, type CommandResult, notesOf, type RunAnswer, runStatus } from "./answers.ts";
import { sameOutput } from "./compare-stdout.ts";
import type { EvalTest, StdioCase } from "./eval-result.ts";
import type { DialectLanguage } from "./languages.ts";
import { shortened } from "./stdio-cases.ts";

export interface JudgeOptions {
  readonly runAllCases: boolean;
  readonly returnFullCase: boolean;
  readonly language: Pick<DialectLanguage, "showsCompiler">;
}

/** Judges the cases of one batch as they come in. `room` is what the answer may still hold; batches share it. */
export class BatchJudge {
  readonly #options: JudgeOptions;
  readonly #cases: readonly StdioCase[];
  readonly #room: { chars: number };
  readonly #tests = new Map<number, EvalTest>();
  #compile: { readonly result: CommandResult; readonly notes: readonly string[] } | null = null;

  constructor(options: JudgeOptions, cases: readonly StdioCase[], room: { chars: number }) {
    this.#options = options;
    this.#cases = cases;
    this.#room = room;
  }

  compiled(stage: Stage): void {
    this.#compile = { result: commandResult(stage), notes: notesOf(stage) };
  }

  ran(index: number, stage: Stage): void {
    const given = this.#cases[index];
    if (!given || this.#tests.has(index)) return;
    const result = commandResult(stage);
    const isWell = runStatus([result]) === "Success";
    const passed = isWell && sameOutput(result.stdout ?? "", given.output["stdout"] ?? "");
    this.#tests.set(index, this.#test(given, passed, stage, result));
  }

  /** Whether a case failed, all cases before it have run, and others have not. */
  isDecided(): boolean {
    return this.#tests.size < this.#cases.length && this.#untilFailure().at(-1)?.passed === false;
  }

  tests(): EvalTest[] {
    if (this.#tests.size === 0) {
      // It did not compile: every case says so.
      const compile = this.#options.language.showsCompiler ? null : (this.#compile?.result ?? null);
      const all = this.#cases.map((given) => this.#test(given, false, null, compile));
      return this.#options.runAllCases ? all : all.slice(0, 1);
    }
    if (!this.#options.runAllCases) return this.#untilFailure();
    return this.#cases.flatMap((_, index) => this.#tests.get(index) ?? []);
  }

  /** The tests up to the first that failed or is missing. */
  #untilFailure(): EvalTest[] {
    const tests: EvalTest[] = [];
    for (let i = 0; i < this.#cases.length; i++) {
      const test = this.#tests.get(i);
      if (!test) break;
      tests.push(test);
      if (!test.passed) break;
    }
    return tests;
  }

  #test(given: StdioCase, passed: boolean, stage: Stage | null, result: CommandResult | null): EvalTest {
    const compile = this.#options.language.showsCompiler ? this.#compile : null;
    const isWhole = this.#take(charsOf(given) + charsOf(compile?.result) + charsOf(result));
    const shown = (part: CommandResult | null) => (part === null || isWhole ? part : inPart(part));
    const notes = [...(compile?.notes ?? []), ...(stage ? notesOf(stage) : []), ...(isWhole ? [] : [SHOWN_IN_PART])];
    const info: RunAnswer = {
      status: runStatus([compile?.result ?? null, result]),
      message: notes.join("; "),
      compile_result: shown(compile?.result ?? null),
      run_result: shown(result),
      executor_pod_name: stage?.sandbox.id ?? null,
      files: {},
    };
    const isFull = isWhole && (!passed || this.#options.returnFullCase);
    return { passed, exec_info: info, test_info: isFull ? given : shortened(given) };
  }

  #take(chars: number): boolean {
    if (chars > this.#room.chars) return false;
    this.#room.chars -= chars;
    return true;
  }
}

const SHOWN_IN_PART = "shown in part: the answer is full";
const PART = 1000;

function inPart(result: CommandResult): CommandResult {
  return { ...result, stdout: result.stdout?.slice(0, PART) ?? null, stderr: result.stderr?.slice(0, PART) ?? null };
}

function charsOf(value: StdioCase | CommandResult | null | undefined): number {
  if (!value) return 0;
  if ("status" in value) return (value.stdout?.length ?? 0) + (value.stderr?.length ?? 0);
  return [...Object.values(value.input), ...Object.values(value.output)].reduce((sum, it) => sum + it.length, 0);
}
