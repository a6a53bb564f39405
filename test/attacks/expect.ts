import { stageOf } from "../../src/execution/stage.ts";
import type { RunResult, Sandbox } from "../../src/sandbox/index.ts";
import type { Expectation } from "./entry.ts";

/** The whole of a stream that was kept, as text. */
export function textOf({ head, tail }: RunResult["stdout"]): string {
  return Buffer.concat([head, tail]).toString("utf8");
}

/** How a run ended, in the words of verdicts: the product's own judgement of it. */
export function statusOf(result: RunResult): string {
  const facts = { waited: { queueMs: 0, claimMs: 0 }, sandbox: { mode: result.mode } as Sandbox, evidence: [] };
  return stageOf({ ...facts, result, blamed: null }, 0).status;
}

function shown(result: RunResult): string {
  const { exit, limit, stdout, stderr } = result;
  const said = [textOf(stdout).slice(-300), textOf(stderr).slice(-300)].join(" | ").trim();
  return `${statusOf(result)} (${JSON.stringify(exit)}, limit ${limit ?? "none"}): ${JSON.stringify(said)}`;
}

/** What is wrong when something is refused for a reason that is not the attack: a machine that lacks something refuses all. */
export function anotherRefusal(error: unknown): string {
  return `another refusal than expected: ${String(error)}`;
}

/** A failure, and one of these. */
export function typed(...statuses: readonly string[]): Expectation {
  return {
    word: "typed",
    says: statuses.join(" or "),
    check: (result) => (statuses.includes(statusOf(result)) ? null : shown(result)),
  };
}

/** Every attempt of the toolkit's `attempt` failed, and the program came to its end. */
export function refused(): Expectation {
  return {
    word: "refused",
    says: "no attempt succeeds",
    check: (result) => {
      const out = textOf(result.stdout);
      if (out.includes("SUCCEEDED")) return /SUCCEEDED.*/.exec(out)?.[0] ?? out;
      return out.includes("refused") && out.endsWith("END\n") ? null : `did not come to its end: ${shown(result)}`;
    },
  };
}

/** For calls after which a program may not be left alive: it says `SUCCEEDED` if it got through. */
export const killedOrRefused: Expectation = {
  word: "refused",
  says: "ended by the kernel, or refused",
  check: (result) =>
    textOf(result.stdout).includes("SUCCEEDED") ? shown(result) : typed("runtime_error").check(result),
};

/** It ends well and prints exactly this: what it did made no difference. */
export function prints(expected: string | RegExp): Expectation {
  return {
    word: "contained",
    says: `prints ${expected instanceof RegExp ? String(expected) : JSON.stringify(expected)}`,
    check: (result) => {
      const out = textOf(result.stdout);
      const right = expected instanceof RegExp ? expected.test(out) : out === expected;
      return right && statusOf(result) === "ok" ? null : shown(result);
    },
  };
}

/** It ends as it likes, as long as it is a result. */
export function anyEnd(): Expectation {
  return { word: "contained", says: "any end of its own", check: () => null };
}

/** One of the expectations of a word holds. */
export function oneOf(...expectations: readonly Expectation[]): Expectation {
  return {
    word: expectations[0]?.word ?? "contained",
    says: expectations.map(({ says }) => says).join(", or "),
    check: (result) => {
      const wrong = expectations.map(({ check }) => check(result));
      return wrong.includes(null) ? null : (wrong[0] ?? null);
    },
  };
}

/** `expectation`, and `more` holds, too. */
export function and(
  expectation: Expectation,
  says: string,
  more: (result: RunResult) => string | null | boolean,
): Expectation {
  return {
    word: expectation.word,
    says: `${expectation.says}; ${says}`,
    check: (result) => {
      const wrong = expectation.check(result);
      if (wrong !== null) return wrong;
      const found = more(result);
      if (found === true || found === null) return null;
      return `not so: ${says}; ${found === false ? shown(result) : found}`;
    },
  };
}
