import { constants } from "node:os";
import type { RunView } from "../../contract/execution-answers.ts";
import { bytes, duration } from "../terminal/format.ts";
import { sanitiseLine } from "../terminal/sanitise.ts";
import type { Colors } from "../terminal/screen.ts";

/** What became of a run, in one line. */
export function runSummary(run: RunView, c: Colors): string {
  const { status, times, sandbox } = run;
  const isRun = status !== "compile_error";
  const waited = times.queue_ms + times.claim_ms;
  const facts = [
    ...(times.compile_ms === null ? [] : [`compiler ${milliseconds(times.compile_ms)}`]),
    ...(isRun
      ? [`${milliseconds(times.wall_ms)} (cpu ${milliseconds(times.cpu_ms)})`, bytes(run.memory_peak_bytes)]
      : []),
    ...(waited >= 1000 ? [`waited ${duration(waited)}`] : []),
    `${sandbox.provider}, ${sandbox.image}, mode ${sandbox.mode}`,
    ...run.evidence,
  ];
  const paint = status === "ok" ? c.green : c.red;
  // What a compiler has to say stands above already.
  const details = isRun ? [run.message, ...exitText(run)].filter((text) => text !== "") : [];
  const ending = details.map((text) => `: ${sanitiseLine(text)}`).join("");
  return `${paint(status)}${ending}  ${c.dim(sanitiseLine(facts.join(" · ")))}`;
}

/** How the program ended, where its message does not say it. */
function exitText({ exit_code, signal, message }: RunView): string[] {
  if (signal !== null) return message.includes(signalName(signal)) ? [] : [signalName(signal)];
  if (exit_code === null || exit_code === 0 || message.includes(`exit code ${exit_code}`)) return [];
  return [`exit code ${exit_code}`];
}

/** `SIGSEGV` for 11. */
export function signalName(signal: number): string {
  const found = Object.entries(constants.signals).find(([, number]) => number === signal);
  return found?.[0] ?? `signal ${signal}`;
}

/** Short times with a decimal: most programs take a few milliseconds. */
function milliseconds(ms: number): string {
  return ms < 100 ? `${ms.toFixed(1)} ms` : duration(ms);
}
