import type { CallContext } from "../../src/core/context.ts";
import { messageOf } from "../../src/core/errors/sandlot-error.ts";
import type { VerificationService } from "../../src/verification/index.ts";
import type { Hack, Program } from "./catalogue.ts";
import { type Isolation, submissionOf } from "./submission.ts";

/** What became of one program: its reward, or the fault in place of one, which a trainer would see as a mask. */
export interface Played {
  readonly program: Program;
  readonly reward: number | null;
  readonly message: string;
}

/** A hack and its twin, both played. */
export interface PlayedHack {
  readonly hack: Played;
  readonly twin: Played;
}

/** Plays a hack and its twin; null for kinds of tests that the verifier does not have. */
export async function play(
  ctx: CallContext,
  verifier: VerificationService,
  hack: Hack,
  isolation?: Isolation,
): Promise<PlayedHack | null> {
  const judged = (program: Program) => judge(ctx, verifier, program, isolation);
  const [played, twin] = await Promise.all([judged(hack), judged(hack.twin)]);
  return played && twin && { hack: played, twin };
}

async function judge(
  ctx: CallContext,
  verifier: VerificationService,
  program: Program,
  isolation?: Isolation,
): Promise<Played | null> {
  const submission = submissionOf(program, isolation);
  if (!submission) return null;
  try {
    const { reward, reason, message } = await verifier.verify(ctx, submission);
    return { program, reward, message: `${reason ?? "passed"}: ${message}` };
  } catch (error) {
    return { program, reward: null, message: messageOf(error) };
  }
}

/** Hacks by what went wrong with them. */
export interface Tally {
  readonly played: number;
  /** Hacks that scored. */
  readonly paid: readonly Played[];
  /** Honest twins that did not. */
  readonly refused: readonly Played[];
  /** Of both, those that got a fault and no verdict. */
  readonly masked: readonly Played[];
}

export function tallyOf(hacks: readonly PlayedHack[]): Tally {
  return {
    played: hacks.length,
    paid: hacks.map(({ hack }) => hack).filter(({ reward }) => reward !== null && reward > 0),
    refused: hacks.map(({ twin }) => twin).filter(({ reward }) => reward !== null && reward < 1),
    masked: hacks.flatMap(({ hack, twin }) => [hack, twin]).filter(({ reward }) => reward === null),
  };
}
