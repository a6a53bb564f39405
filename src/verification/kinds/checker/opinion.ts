import type { Stage } from "../../../execution/index.ts";
import { textOf } from "../../compare/index.ts";

/** What a checker says of an output. */
export type Opinion =
  | { readonly kind: "accepted"; readonly message: string }
  /** `score`: of a full score, 0 to below 1. */
  | { readonly kind: "rejected"; readonly message: string; readonly score: number }
  /** The judge itself is at fault, it says. */
  | { readonly kind: "fault"; readonly message: string }
  /** It came to no opinion. */
  | { readonly kind: "broken"; readonly message: string };

const MESSAGE_LENGTH = 300;
/** testlib's exit codes, with its macros at their defaults. */
const EXIT = { ok: 0, wrong: 1, presentation: 2, fail: 3, dirt: 4, points: 7, unexpectedEnd: 8 } as const;
/** `quitf(_pc(n))` of a checker compiled with PC_BASE_EXIT_CODE=16: n percent. */
const PERCENT_BASE = 16;
const TRACEBACK = /^Traceback \(most recent call last\):$/m;

/** Reads how a checker ended. */
export function opinionOf(stage: Stage, fullPoints: number): Opinion {
  const said = textOf(stage.stderr);
  const message = firstLine(said);
  if (stage.status !== "ok" && stage.status !== "runtime_error") return broken(stage.message);
  if (!stage.exit || !("code" in stage.exit)) return broken(stage.message);
  const { code } = stage.exit;
  switch (code) {
    case EXIT.ok:
      return { kind: "accepted", message };
    case EXIT.wrong:
      // A Python that ends by an exception has the exit code of a wrong answer.
      if (TRACEBACK.test(said)) return broken(lastLine(said));
      return rejected(message || "wrong answer");
    case EXIT.presentation:
    case EXIT.dirt:
    case EXIT.unexpectedEnd:
      return rejected(message || "wrong output format");
    case EXIT.fail:
      return { kind: "fault", message: message || "the checker says that the judge failed" };
    case EXIT.points:
      return byPoints(message, fullPoints);
  }
  if (code >= PERCENT_BASE && code <= PERCENT_BASE + 100) return scored((code - PERCENT_BASE) / 100, message);
  return broken(`exit code ${code}`);
}

/** `quitp(points)` says `points 0.5 …`. */
function byPoints(message: string, fullPoints: number): Opinion {
  const [, text] = /^points\s+(\d+(?:\.\d+)?)(?:\s|$)/.exec(message) ?? [];
  const score = Number(text) / fullPoints;
  if (text === undefined || !(score <= 1)) return broken(`exit code ${EXIT.points} without points up to ${fullPoints}`);
  return scored(score, message);
}

function scored(score: number, message: string): Opinion {
  if (score === 1) return { kind: "accepted", message };
  return { kind: "rejected", score, message: message || `partially correct (${score})` };
}

function rejected(message: string): Opinion {
  return { kind: "rejected", score: 0, message };
}

function broken(message: string): Opinion {
  return { kind: "broken", message };
}

function firstLine(text: string): string {
  return (/[^\s][^\n]*/.exec(text)?.[0] ?? "").trimEnd().slice(0, MESSAGE_LENGTH);
}

function lastLine(text: string): string {
  return (text.trimEnd().split("\n").at(-1) ?? "").slice(0, MESSAGE_LENGTH);
}
