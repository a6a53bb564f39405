import { readdirSync, readFileSync } from "node:fs";
import { kill } from "node:process";
import { FAULT_CAUSES, type FaultCause } from "../../../src/sandbox/faults.ts";
import { docker } from "../../support/engine.ts";
import type { Fault } from "./faulty-provider.ts";

/** Kills the agents of this process's local sandboxes from outside. */
async function killLocal(): Promise<void> {
  await new Promise((resolve) => setTimeout(resolve, 100));
  for (const name of readdirSync("/proc").filter((entry) => /^\d+$/.test(entry))) {
    try {
      const [command, , parent] = readFileSync(`/proc/${name}/stat`, "utf8")
        .replace(/^\d+ \((.*)\)/, "$1")
        .split(" ");
      if (command === "bwrap" && Number(parent) === process.pid) kill(Number(name), "SIGKILL");
    } catch (error) {
      if (!["ENOENT", "ESRCH"].includes((error as NodeJS.ErrnoException).code ?? "")) throw error;
    }
  }
}

export function told(cause: FaultCause): Fault {
  return { at: "run", cause };
}

/** What an agent may answer in place of a result, by the causes that it is told as. */
export const TOLD: readonly Fault[] = FAULT_CAUSES.map(told);

/** Every other step of a verification at which something may go wrong. */
export const STEPS: readonly Fault[] = [
  { at: "create" },
  { at: "engine timeout" },
  { at: "claim" },
  { at: "cut" },
  { at: "result" },
  { at: "silence" },
];

export const KILLED_LOCALLY: Fault = { at: "kill", kill: killLocal };
export const REMOVED: Fault = {
  at: "kill",
  kill: async ({ id }) => {
    await docker(["rm", "-f", id]);
  },
};

export const nameOf = (fault: Fault): string => (fault.at === "run" ? fault.cause : fault.at);
