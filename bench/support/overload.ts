import { setTimeout as sleep } from "node:timers/promises";
import { heading, quantile, row, verdict } from "./measure.ts";

/** What a request ended with: `ok`, or the name of what it was instead; and how many seconds a refusal asks to wait. */
interface Sent {
  readonly result: string;
  readonly retryAfter: number;
}
type Send = () => Promise<Sent>;

/** What happened between the two ends of a window; a request that ends after it is none of its results. */
interface Seen {
  readonly offeredPerSecond: number;
  readonly okPerSecond: number;
  /** By name, without those that were `ok`. */
  readonly others: ReadonlyMap<string, number>;
  /** Milliseconds of those that were `ok`. */
  readonly times: readonly number[];
  /** Processor time of this process, the clients, per second of the window, in milliseconds. */
  readonly clientCpuMs: number;
}

/** Before the window opens, the same load for so long: so that what is under way when it opens makes up for what is when it closes. */
const RAMP_SECONDS = 2;
/** Requests under way at most, twice what a server lets wait. Beyond that nothing is sent, and what was offered shows it. */
const MOST_UNDER_WAY = 2_000;
const BREATH_MS = 2;

class Window {
  readonly #from: number;
  readonly #until: number;
  readonly #seconds: number;
  readonly #others = new Map<string, number>();
  readonly #times: number[] = [];
  readonly #cpu: Promise<number>;
  #offered = 0;

  constructor(seconds: number) {
    this.#seconds = seconds;
    this.#from = performance.now() + RAMP_SECONDS * 1000;
    this.#until = this.#from + seconds * 1000;
    this.#cpu = this.#clientCpu();
  }

  get isOver(): boolean {
    return performance.now() >= this.#until;
  }

  async send(send: Send): Promise<Sent> {
    const start = performance.now();
    if (this.#holds(start)) this.#offered++;
    const sent = await send().catch(() => ({ result: "no answer", retryAfter: 0 }));
    const { result } = sent;
    const end = performance.now();
    if (this.#holds(end)) {
      if (result === "ok") this.#times.push(end - start);
      else this.#others.set(result, (this.#others.get(result) ?? 0) + 1);
    }
    return sent;
  }

  async seen(): Promise<Seen> {
    return {
      offeredPerSecond: this.#offered / this.#seconds,
      okPerSecond: this.#times.length / this.#seconds,
      others: this.#others,
      times: this.#times,
      clientCpuMs: (await this.#cpu) / this.#seconds,
    };
  }

  #holds(time: number): boolean {
    return time >= this.#from && time < this.#until;
  }

  async #clientCpu(): Promise<number> {
    await sleep(this.#from - performance.now());
    const before = process.cpuUsage();
    await sleep(this.#until - performance.now());
    const { user, system } = process.cpuUsage(before);
    return (user + system) / 1000;
  }
}

/** Clients of which each sends its next request when it has the answer to the last, and has waited as long as that asked. */
async function inTurn(clients: number, seconds: number, send: Send): Promise<Seen> {
  const window = new Window(seconds);
  const client = async () => {
    while (!window.isOver) {
      const { retryAfter } = await window.send(send);
      if (retryAfter > 0) await sleep(retryAfter * 1000);
    }
  };
  await Promise.all(Array.from({ length: clients }, client));
  return window.seen();
}

/** So many requests a second, whatever becomes of those before: who was refused has somebody else in his place at once. */
async function atRate(perSecond: number, seconds: number, send: Send): Promise<Seen> {
  const window = new Window(seconds);
  const underWay = new Set<Promise<unknown>>();
  const start = performance.now();
  for (let sent = 0; !window.isOver; await sleep(BREATH_MS)) {
    for (const due = ((performance.now() - start) / 1000) * perSecond; sent < due; sent++) {
      if (underWay.size >= MOST_UNDER_WAY) continue;
      const request: Promise<unknown> = window.send(send).finally(() => underWay.delete(request));
      underWay.add(request);
    }
  }
  await Promise.all(underWay);
  return window.seen();
}

/** Offered, beside the peak. */
const OVERLOAD = 10;
const CLIENTS = 64;
/** Of a run's typed refusals. */
const TYPED = /^(429|503) [a-z_]+$/;

/**
 * Programs that end well when ten times as many clients want them as keep the server busy, beside the most that do; who is
 * refused waits as long as the refusal asks. Only what ends within the window counts, in both; they take turns. Beside it, what
 * no client does: ten times the peak's requests at their rate, whatever became of those before. That is not judged: on two cores
 * that the clients share, sending and refusing so many costs what the programs would have. `send` sends one with these fields added.
 */
export async function overload(
  { rounds, seconds }: { readonly rounds: number; readonly seconds: number },
  send: (more: object) => Promise<Sent>,
): Promise<void> {
  const peaks: Seen[] = [];
  const crowds: Seen[] = [];
  const floods: Seen[] = [];
  for (let round = 0; round < rounds; round++) {
    const peak = await inTurn(CLIENTS, seconds, () => send({}));
    peaks.push(peak);
    crowds.push(await inTurn(OVERLOAD * CLIENTS, seconds, () => send({ max_queue_seconds: 0.5 })));
    floods.push(await atRate(OVERLOAD * peak.okPerSecond, seconds, () => send({ max_queue_seconds: 0.5 })));
  }
  heading(`overload, ${rounds} windows of ${seconds} s for each`, "offered/s", "ok/s", "", "beside", "target", "");
  const [peak, crowd, flood] = [mean(peaks), mean(crowds), mean(floods)];
  const share = ({ ok }: { readonly ok: number }) => `${((100 * ok) / peak.ok).toFixed(0)} % of peak`;
  row(`peak: ${CLIENTS} clients`, peak.offered, peak.ok);
  const isGood = verdict(crowd.ok >= 0.95 * peak.ok);
  row(`${OVERLOAD} x the clients`, crowd.offered, crowd.ok, "", share(crowd), ">= 95 %", isGood);
  row(`${(flood.offered / peak.ok).toFixed(1)} x the requests a second`, flood.offered, flood.ok, "", share(flood));
  const all = [...crowds, ...floods];
  const names = [...new Set(all.flatMap((seen) => [...seen.others.keys()]))];
  for (const name of names) {
    const times = all.reduce((sum, { others }) => sum + (others.get(name) ?? 0), 0);
    row(`  refused a second: ${name}`, "", times / seconds / all.length);
  }
  row("  refusals", "", "", "", `${names.length} kinds`, "all typed", verdict(names.every((name) => TYPED.test(name))));
  heading("to an ok, and the clients' own part", "p50 ms", "p99 ms", "cpu ms/s");
  for (const [name, list, { clients }] of [
    ["peak", peaks, peak],
    [`${OVERLOAD} x the clients`, crowds, crowd],
    [`${OVERLOAD} x the requests`, floods, flood],
  ] as const) {
    const times = list.flatMap((seen) => seen.times);
    row(name, quantile(times, 0.5), quantile(times, 0.99), clients);
  }
}

function mean(list: readonly Seen[]) {
  const of = (value: (seen: Seen) => number) => list.reduce((all, seen) => all + value(seen), 0) / list.length;
  return {
    offered: of((seen) => seen.offeredPerSecond),
    ok: of((seen) => seen.okPerSecond),
    clients: of((seen) => seen.clientCpuMs),
  };
}
