import { Worker } from "node:worker_threads";
import pLimit from "p-limit";
import type { CallContext } from "../../core/context.ts";
import { SandlotError } from "../../core/errors/sandlot-error.ts";
import type { TranslatedRegex } from "./python-regex.ts";

/** What `re.findall` finds, as far as verifiers ask: how many matches, and the last one. */
export interface RegexMatches {
  readonly count: number;
  /** The only group of the last match, else all of it; null without a match. */
  readonly last: string | null;
}

/** An answer on which a pattern takes longer than this is not judged any further. */
const LIMIT_MS = 2_000;
const START_MS = 30_000;
const MAX_WAITING = 1_000;

/** Runs in the worker: plain CommonJS, since a worker that is made of text knows no other imports. */
const PROGRAM = `
const { parentPort } = require("node:worker_threads");
${findMatches.toString()}
parentPort.on("message", ({ regex, text }) => {
  let found = null;
  try {
    found = findMatches(regex, text);
  } catch {}
  parentPort.postMessage(found);
});
parentPort.postMessage("ready");
`;

const turn = pLimit(1);
let idle: Worker | null = null;

/**
 * Every match of a pattern in a text that a candidate wrote. Patterns that may backtrack run in a thread of their own,
 * one at a time, so that no answer holds up the server; null when one did not finish in two seconds.
 */
export async function matchBounded(
  ctx: CallContext,
  regex: TranslatedRegex,
  text: string,
): Promise<RegexMatches | null> {
  if (regex.plain) return findMatches(regex, text);
  if (turn.pendingCount >= MAX_WAITING) {
    throw new SandlotError("verifier_failed", { detail: `${MAX_WAITING} regular expressions are waiting` });
  }
  return turn(async () => {
    ctx.signal.throwIfAborted();
    const worker = idle ?? (await startWorker());
    idle = null;
    try {
      worker.postMessage({ regex, text }, []);
      const found = (await nextMessage(worker, LIMIT_MS)) as RegexMatches | null;
      idle = worker;
      return found;
    } catch {
      await worker.terminate();
      return null;
    }
  });
}

async function startWorker(): Promise<Worker> {
  const worker = new Worker(PROGRAM, { eval: true, resourceLimits: { maxOldGenerationSizeMb: 256 } });
  worker.unref();
  // Whoever waits hears of it by a listener of its own.
  worker.on("error", () => undefined);
  worker.on("exit", () => {
    if (idle === worker) idle = null;
  });
  try {
    await nextMessage(worker, START_MS);
    return worker;
  } catch (error) {
    await worker.terminate();
    throw new SandlotError("verifier_failed", { detail: "no thread for regular expressions" }, { cause: error });
  }
}

function nextMessage(worker: Worker, limitMs: number): Promise<unknown> {
  return new Promise((resolve, reject) => {
    const settle = (end: () => void) => {
      clearTimeout(timer);
      worker.off("message", onMessage);
      worker.off("error", onEnd);
      worker.off("exit", onEnd);
      end();
    };
    const onMessage = (message: unknown) => settle(() => resolve(message));
    const onEnd = () => settle(() => reject(new Error("the thread ended")));
    const timer = setTimeout(() => settle(() => reject(new Error("the time is over"))), limitMs);
    worker.once("message", onMessage);
    worker.once("error", onEnd);
    worker.once("exit", onEnd);
  });
}

/** Self-contained: its text is also the worker's. */
function findMatches(regex: TranslatedRegex, text: string): RegexMatches {
  let count = 0;
  let last: RegExpExecArray | null = null;
  for (const match of text.matchAll(new RegExp(regex.source, regex.flags))) {
    count++;
    last = match;
  }
  if (last === null) return { count, last };
  return { count, last: regex.groups === 1 ? (last[1] ?? "") : last[0] };
}
