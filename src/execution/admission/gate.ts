import type { Clock } from "../../core/clock.ts";
import type { CallContext } from "../../core/context.ts";
import { SandlotError } from "../../core/errors/sandlot-error.ts";
import { Admission } from "./admission.ts";
import { HoldTimes } from "./hold-times.ts";
import { Line, type Waiter } from "./line.ts";

export interface GateOptions {
  /** What waits here, for errors: `execution slots`. */
  readonly resource: string;
  /** Units that may be out at once; asked for each time, since operators may change it. */
  readonly units: () => number;
  /** New work that may wait, of all tenants together; more is refused. */
  readonly maxWaiting: number;
  /** Work of one tenant that may be in progress per unit, begun and not ended: enough to keep units busy, not more. */
  readonly begunPerUnit: number;
  readonly clock: Clock;
}

/** Units out of the gate, to be given back once. */
export interface Permit {
  /** Milliseconds between asking and getting. */
  readonly queueMs: number;
  release(): void;
}

export interface GateRequest {
  readonly tenant: string;
  /** Units it takes; one that takes more than there are takes all. */
  readonly weight: number;
  /** Longest wait of new work; 0: not at all. Milliseconds. */
  readonly maxWaitMs: number;
}

/**
 * Lets in as much work as there is room for and makes the rest wait, within bounds. A free unit goes to the tenant that
 * has the fewest out, and there in turn to work that has begun and to new work: what has begun is never refused, and
 * neither starves the other.
 */
export class Gate {
  readonly #options: GateOptions;
  readonly #times: HoldTimes;
  /** Those with work here; the order is that of their turns. */
  readonly #lines = new Map<string, Line>();
  #out = 0;
  #waitingNew = 0;
  #waiting = 0;
  #closed = false;

  constructor(options: GateOptions) {
    this.#options = options;
    this.#times = new HoldTimes();
  }

  get stats(): { readonly out: number; readonly waiting: number } {
    return { out: this.#out, waiting: this.#waiting };
  }

  /** Lets new work in; throws `queue_full` when too much waits or it has waited too long. */
  admit(ctx: CallContext, request: GateRequest): Admission | Promise<Admission> {
    const { tenant, weight, maxWaitMs } = request;
    const line = this.#lineOf(tenant);
    const admission = (first: Permit) =>
      new Admission(first, {
        next: (inner) => this.#enter(inner, line, { weight, begun: true, maxWaitMs: null }),
        ended: () => this.#ended(line),
      });
    try {
      const permit = this.#enter(ctx, line, { weight, begun: false, maxWaitMs });
      return permit instanceof Promise ? permit.then(admission) : admission(permit);
    } catch (error) {
      this.#tidy(line);
      throw error;
    }
  }

  /** Refuses who waits and who comes. */
  close(): void {
    this.#closed = true;
    for (const line of this.#lines.values()) for (const waiter of line.all()) this.#giveUp(waiter, shuttingDown());
  }

  #enter(ctx: CallContext, line: Line, entry: Entry): Permit | Promise<Permit> {
    if (this.#closed) throw shuttingDown();
    if (ctx.signal.aborted) throw ctx.signal.reason;
    // Nobody waits whom this could overtake.
    if (this.#waiting === 0 && this.#fits(entry.weight) && line.admits(entry.begun, this.#mostBegun())) {
      return this.#grant(line, entry, 0);
    }
    if (!entry.begun) this.#makeRoom(line, entry.maxWaitMs);
    return this.#wait(ctx, line, entry);
  }

  #wait(ctx: CallContext, line: Line, entry: Entry): Promise<Permit> {
    const { clock } = this.#options;
    const since = clock.monotonic();
    return new Promise((resolve, reject) => {
      const onAbort = () => this.#giveUp(waiter, ctx.signal.reason as Error);
      const cancelTimer =
        entry.maxWaitMs === null ? null : clock.after(entry.maxWaitMs, () => this.#giveUp(waiter, this.#refusal()));
      const settled = () => {
        cancelTimer?.();
        ctx.signal.removeEventListener("abort", onAbort);
      };
      const waiter: Waiter = {
        line,
        weight: entry.weight,
        begun: entry.begun,
        serve: () => {
          settled();
          resolve(this.#grant(line, entry, clock.monotonic() - since));
        },
        refuse: (error) => {
          settled();
          reject(error);
        },
      };
      ctx.signal.addEventListener("abort", onAbort, { once: true });
      line.add(waiter);
      this.#waiting++;
      if (!entry.begun) this.#waitingNew++;
      this.#serve();
    });
  }

  /** Refuses the newcomer, or, when others have more waiting than its tenant, the last of whom has the most. */
  #makeRoom(line: Line, maxWaitMs: number | null): void {
    if (maxWaitMs === 0) throw this.#refusal();
    if (this.#waitingNew < this.#options.maxWaiting) return;
    let longest = line;
    for (const other of this.#lines.values()) if (other.waitingNew > longest.waitingNew) longest = other;
    const last = longest.waitingNew > line.waitingNew + 1 ? longest.lastNew() : null;
    if (!last) throw this.#refusal();
    this.#giveUp(last, this.#refusal());
  }

  #giveUp(waiter: Waiter, error: Error): void {
    if (!this.#forget(waiter)) return;
    waiter.refuse(error);
    this.#tidy(waiter.line);
    // It may have been the one that all others were waiting for.
    this.#serve();
  }

  #forget(waiter: Waiter): boolean {
    if (!waiter.line.remove(waiter)) return false;
    this.#waiting--;
    if (!waiter.begun) this.#waitingNew--;
    return true;
  }

  #grant(line: Line, { weight, begun }: Pick<Entry, "weight" | "begun">, queueMs: number): Permit {
    const { clock } = this.#options;
    // Its tenant's next turn comes after everybody else's.
    this.#lines.delete(line.tenant);
    this.#lines.set(line.tenant, line);
    this.#out += weight;
    line.out += weight;
    if (!begun) line.begun++;
    const since = clock.monotonic();
    let held = true;
    return {
      queueMs,
      release: () => {
        if (!held) return;
        held = false;
        this.#out -= weight;
        line.out -= weight;
        this.#times.add((clock.monotonic() - since) * weight);
        this.#tidy(line);
        this.#serve();
      },
    };
  }

  #ended(line: Line): void {
    line.begun--;
    this.#tidy(line);
    this.#serve();
  }

  /** Gives what is free to who is next, as long as the next one fits: overtaking would starve who needs much. */
  #serve(): void {
    while (!this.#closed && this.#waiting > 0) {
      const next = this.#next();
      if (!next || !this.#fits(next.weight)) return;
      this.#forget(next);
      next.line.served(next);
      next.serve();
    }
  }

  #fits(weight: number): boolean {
    const units = this.#options.units();
    return this.#out + Math.min(weight, units) <= units;
  }

  #next(): Waiter | null {
    const most = this.#mostBegun();
    let best: Line | null = null;
    for (const line of this.#lines.values()) {
      if (line.next(most) && (best === null || line.out < best.out)) best = line;
    }
    return best?.next(most) ?? null;
  }

  /** Requests of one tenant that may be in progress. */
  #mostBegun(): number {
    return this.#options.begunPerUnit * this.#options.units();
  }

  #lineOf(tenant: string): Line {
    let line = this.#lines.get(tenant);
    if (!line) {
      line = new Line(tenant);
      this.#lines.set(tenant, line);
    }
    return line;
  }

  #tidy(line: Line): void {
    if (line.empty && this.#lines.get(line.tenant) === line) this.#lines.delete(line.tenant);
  }

  #refusal(): SandlotError {
    const { resource, units } = this.#options;
    return new SandlotError("queue_full", { resource, retry_after: this.#times.retryAfter(this.#waiting, units()) });
  }
}

interface Entry {
  readonly weight: number;
  /** Goes on with work that has been let in. */
  readonly begun: boolean;
  /** Null: as long as its context lives. */
  readonly maxWaitMs: number | null;
}

function shuttingDown(): SandlotError {
  return new SandlotError("shutting_down", { detail: "the execution service is closing" });
}
