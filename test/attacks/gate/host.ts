import { readdirSync, readFileSync } from "node:fs";
import type { Sandbox } from "../../../src/sandbox/index.ts";
import { docker } from "../../support/engine.ts";

/** A process of this machine, as /proc tells. */
interface HostProcess {
  readonly pid: number;
  readonly parent: number;
  readonly command: string;
}

function processes(): HostProcess[] {
  return readdirSync("/proc")
    .filter((name) => /^\d+$/.test(name))
    .flatMap((name) => {
      try {
        const stat = readFileSync(`/proc/${name}/stat`, "utf8");
        const [state, parent] = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
        // One that has ended and waits to be noticed holds nothing.
        if (state === "Z") return [];
        return [{ pid: Number(name), parent: Number(parent), command: readFileSync(`/proc/${name}/cmdline`, "utf8") }];
      } catch {
        return [];
      }
    });
}

/** Descendants of a process, itself first. */
function family(root: number): HostProcess[] {
  const all = processes();
  const found = all.filter(({ pid }) => pid === root);
  for (const process of found) found.push(...all.filter(({ parent }) => parent === process.pid));
  return found;
}

const AGENT = /agent\/agent\.py\0?$/;

/** Agents of local sandboxes that this process made, in the order of their numbers. */
export function localAgents(): number[] {
  const agents = family(process.pid).filter(({ command }) => AGENT.test(command) && !command.startsWith("bwrap"));
  return agents.map(({ pid }) => pid);
}

/** Warm interpreters and whatever else an agent keeps running. */
export function childrenOf(agent: number): { readonly pid: number; readonly command: string }[] {
  return family(agent).slice(1);
}

/** What an agent holds: resident memory in bytes, at its highest, descriptors and descendants. */
export interface Holdings {
  readonly peakBytes: number;
  readonly descriptors: number;
  readonly descendants: number;
  readonly mounts: number;
}

export function holdingsOf(agent: number): Holdings {
  const status = readFileSync(`/proc/${agent}/status`, "utf8");
  return {
    peakBytes: Number(/VmHWM:\s*(\d+)/.exec(status)?.[1] ?? 0) * 1024,
    descriptors: readdirSync(`/proc/${agent}/fd`).length,
    descendants: childrenOf(agent).length,
    mounts: readFileSync(`/proc/${agent}/mounts`, "utf8").split("\n").length,
  };
}

/** Bytes that a container wrote to the machine's disk. */
export async function writtenBytes(sandbox: Sandbox): Promise<number> {
  return Number(await docker(["inspect", "--size", "--format", "{{.SizeRw}}", sandbox.id]));
}

/** Of the engine, which gives them to everybody's containers and takes them back. */
const ENGINES_OWN = /^(veth|br-|docker)/;

function lines(table: string, titles: number, fact: (words: readonly string[]) => string): string {
  const rows = table.split("\n").slice(titles).filter(Boolean);
  return rows
    .map((row) => fact(row.trim().split(/\s+/)))
    .filter((found) => !ENGINES_OWN.test(found))
    .sort()
    .join("; ");
}

function firstWords(table: string, titles = 0): string {
  return lines(table, titles, ([first = ""]) => first);
}

/** What a sandbox must not be able to change on the machine that it runs on. */
export function machine(): Readonly<Record<string, string>> {
  const text = (path: string) => {
    try {
      return readFileSync(path, "utf8").trim();
    } catch {
      return "";
    }
  };
  return {
    hostname: text("/proc/sys/kernel/hostname"),
    domain: text("/proc/sys/kernel/domainname"),
    core: text("/proc/sys/kernel/core_pattern"),
    modprobe: text("/proc/sys/kernel/modprobe"),
    modules: firstWords(text("/proc/modules")),
    asynchronous: text("/proc/sys/fs/aio-nr"),
    interfaces: firstWords(text("/proc/net/dev"), 2),
    // Interface, destination, gateway and mask; the rest is counted or measured.
    routes: lines(text("/proc/net/route"), 1, ([name, to, via, , , , , mask]) => [name, to, via, mask].join(" ")),
    routes6: lines(text("/proc/net/ipv6_route"), 0, (words) => [words.at(-1), words[0], words[1], words[4]].join(" ")),
    // How much of each is in use changes by itself.
    swap: firstWords(text("/proc/swaps"), 1),
    clock: String(Math.round((Date.now() - performance.now() - performance.timeOrigin) / 60_000)),
  };
}
