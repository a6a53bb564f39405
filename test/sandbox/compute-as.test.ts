import { spawnSync } from "node:child_process";
import { join } from "node:path";
import { describe, expect, it } from "vitest";

const agentFolder = join(import.meta.dirname, "../../sandboxes/agent");
const COMPUTE = `
import os, signal, sys, time
sys.path.insert(0, sys.argv[1])
import linux
linux._COMPUTE_SECONDS = 0.3
from processes import Processes
own = os.getpid()
os.setpgrp()
here = lambda answer: 1 if os.getpid() == own else answer()
looks = {
    "answered": lambda: here(lambda: os.getuid()),
    "ended": lambda: here(lambda: os.kill(os.getpid(), signal.SIGKILL)),
    "stopped": lambda: here(lambda: os.kill(os.getpid(), signal.SIGSTOP)),
    "failed": lambda: here(lambda: int("none")),
    "slow": lambda: here(lambda: time.sleep(3)),
}
processes = Processes.__new__(Processes)
processes._only_user = 65534
print(processes.seen_as_user(looks[sys.argv[2]]), flush=True)
os.killpg(0, signal.SIGKILL)
`;

/** What the agent counts when the process that looks for it, as the candidate's user, meets a fate. */
const countedWhen = (fate: string) =>
  Number(spawnSync("python3", ["-c", COMPUTE, agentFolder, fate], { stdio: ["ignore", "pipe", "ignore"] }).stdout);

describe.runIf(process.getuid?.() === 0)("a look with the rights of the candidate's user (skipped unless root)", () => {
  it("counts what it has seen", () => {
    expect(countedWhen("answered")).toBe(65_534);
  });

  it.each(["ended", "stopped", "failed"])("that was %s is made with the agent's own rights", (fate) => {
    expect(countedWhen(fate)).toBe(1);
  });

  it("accuses nobody when the machine was too busy for it", () => {
    expect(countedWhen("slow")).toBe(0);
  });
});
