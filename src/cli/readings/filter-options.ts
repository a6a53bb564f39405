import type { Command } from "commander";
import type { TaskFilterQuery } from "../../client/index.ts";
import type { Dropped } from "../../contract/profiles.ts";
import { anyNumber, shareOf1, wholeNumber } from "../option-values.ts";
import { count } from "../terminal/format.ts";

/** Options that say which tasks of a job are meant. */
export interface FilterOptions {
  readonly minPass?: number;
  readonly maxPass?: number;
  readonly minN?: number;
  readonly passReward?: number;
  readonly finished?: boolean;
  /** False when asked for tasks without faults; commander's form of `--no-errors`. */
  readonly errors?: boolean;
}

/** Adds them to a command. */
export function addFilterOptions(command: Command): Command {
  return command
    .option("--min-pass <share>", "pass rate at least, e.g. 0.1", shareOf1)
    .option("--max-pass <share>", "pass rate at most, e.g. 0.9", shareOf1)
    .option("--min-n <number>", "measured rollouts at least", wholeNumber(1))
    .option("--no-errors", "only tasks of which no rollout was ended by a fault")
    .option("--finished", "only tasks of which all rollouts are done")
    .option("--pass-reward <number>", "the reward that is a pass (default: the environment's highest)", anyNumber);
}

/** The filter as the API takes it. */
export function filterQuery(options: FilterOptions): TaskFilterQuery {
  return {
    min_pass: options.minPass,
    max_pass: options.maxPass,
    min_n: options.minN,
    pass_reward: options.passReward,
    no_errors: options.errors === false ? true : undefined,
    no_open: options.finished,
  };
}

const REASONS: Readonly<Record<keyof Dropped, string>> = {
  below: "below the least pass rate",
  above: "above the highest pass rate",
  too_few: "with too few measured rollouts",
  errors: "with faults",
  open: "not finished",
};

/** Why tasks were left out: `3 with faults, 2 not finished`; null when none was. */
export function droppedText(dropped: Dropped): string | null {
  const reasons = Object.keys(REASONS) as (keyof Dropped)[];
  const parts = reasons.filter((why) => dropped[why] > 0).map((why) => `${count(dropped[why])} ${REASONS[why]}`);
  return parts.length === 0 ? null : parts.join(", ");
}
