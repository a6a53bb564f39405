import type { Command } from "commander";
import type { LimitsInput } from "../../contract/execution-input.ts";
import { anyNumber, wholeNumber } from "../option-values.ts";

/** Options for the limits of a program. */
export interface LimitOptions {
  readonly wallSeconds?: number;
  readonly cpuSeconds?: number;
  readonly memoryMib?: number;
  readonly outputBytes?: number;
  readonly processes?: number;
  readonly diskMib?: number;
  readonly openFiles?: number;
}

/** Adds them to a command. */
export function addLimitOptions(command: Command): Command {
  return command
    .option("--wall-seconds <number>", "time on the clock", anyNumber)
    .option("--cpu-seconds <number>", "processor time of all its processes", anyNumber)
    .option("--memory-mib <number>", "memory of all its processes", wholeNumber(1))
    .option("--output-bytes <number>", "what it may write to its output in all", wholeNumber(1))
    .option("--processes <number>", "processes and threads", wholeNumber(1))
    .option("--disk-mib <number>", "its largest file", wholeNumber(1))
    .option("--open-files <number>", "open files", wholeNumber(1));
}

/** The limits that were given; undefined when none was. */
export function limitsOf(options: LimitOptions): LimitsInput | undefined {
  const limits = {
    wall_seconds: options.wallSeconds,
    cpu_seconds: options.cpuSeconds,
    memory_mib: options.memoryMib,
    output_bytes: options.outputBytes,
    processes: options.processes,
    disk_mib: options.diskMib,
    open_files: options.openFiles,
  };
  const given = Object.entries(limits).filter(([, value]) => value !== undefined);
  return given.length > 0 ? Object.fromEntries(given) : undefined;
}
