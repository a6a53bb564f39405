import type { RunLimits, RunRequest, RunResult } from "../../src/sandbox/index.ts";
import type { Arena } from "./gate/arena.ts";

/** A run as an entry writes it: limits that it leaves out are those of `gate/defaults.ts`. */
export type AttackRun = Omit<RunRequest, "limits"> & { readonly limits?: Partial<RunLimits> };

/**
 * What must come of an attack. `typed`: a failure with the right reason; `refused`: nothing that it tried succeeded;
 * `contained`: it may end as it likes, and nobody else notices.
 */
export type Word = "typed" | "refused" | "contained";

export interface Expectation {
  readonly word: Word;
  /** For reports: `memory_limit`, `prints "done"`. */
  readonly says: string;
  /** Null, or what is wrong with the result. */
  readonly check: (result: RunResult) => string | null;
}

/** A run with what must come of it. */
export interface Step {
  readonly run: AttackRun;
  readonly expect: Expectation;
}

/** An attack that is one program, with those it is aimed at. */
export interface ProgramAttack extends Step {
  readonly name: string;
  /** In the same sandbox at the same time: a victim, or an accomplice. It starts `afterMs` (default 0) later. */
  readonly beside?: Step & { readonly afterMs?: number };
  /** In the same sandbox afterwards: who must not notice anything. */
  readonly next?: Step;
}

/** An attack that is more than a run. */
export interface ActedAttack {
  readonly name: string;
  readonly word: Word;
  readonly says: string;
  /** An image beside the usual one that it needs; where that is not built, it is not played, and said to be so. */
  readonly image?: string;
  /** Null, or what went wrong. Sandboxes that it opens are removed afterwards. */
  readonly act: (arena: Arena) => Promise<string | null>;
}

export type Attack = ProgramAttack | ActedAttack;

/** What an honest program does with the same means; it must end well and print this. */
export interface Honest {
  readonly run: AttackRun;
  readonly prints: string | RegExp;
}

/** A test elsewhere that is this entry, by the beginning of its name; the catalogue checks that it exists and is run. */
export interface Elsewhere {
  readonly file: string;
  readonly test: string;
  /** The part of the entry that it holds, where that is not the whole. */
  readonly part?: string;
}

/** One entry of the attack list, by its letter and number there. */
export interface AttackEntry {
  readonly id: string;
  readonly title: string;
  readonly variants: readonly Attack[];
  readonly twins: readonly Honest[];
  readonly elsewhere?: readonly Elsewhere[];
}
