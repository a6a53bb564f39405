import { setTimeout as sleep } from "node:timers/promises";
import { type Client, createClient } from "../../src/client/index.ts";
import { joinElements } from "../../src/core/json/raw.ts";
import type { Expected, ExpectedJob } from "../ledger/expected.ts";
import type { Player } from "./stage.ts";

export interface LoadOptions {
  readonly replicas: readonly Player[];
  /** Rows by environment, as text. */
  readonly rows: ReadonlyMap<string, readonly string[]>;
  readonly random: () => number;
  readonly signal: AbortSignal;
  /** Rollouts that may be open before the next job waits. */
  readonly openRollouts: number;
}

type Taken = NonNullable<Expected["taken"]>;

/** Jobs that are submitted and groups that are taken, over whichever replica answers, as clients do that try again. */
export class Load {
  readonly jobs: ExpectedJob[] = [];
  readonly taken: Taken = [];
  readonly #options: LoadOptions;
  readonly #seen = new Set<string>();
  #number = 0;

  constructor(options: LoadOptions) {
    this.#options = options;
  }

  /** Submits jobs until the signal comes; takes the groups of each until they are complete. */
  async run(): Promise<void> {
    const { signal } = this.#options;
    const consumers: Promise<void>[] = [];
    while (!signal.aborted) {
      const job = await this.#submit();
      this.jobs.push(job);
      consumers.push(this.#consume(job.id));
      await this.#untilRoom();
    }
    await Promise.all(consumers);
  }

  async #submit(): Promise<ExpectedJob> {
    const { rows, random } = this.#options;
    const names = Array.from(rows.keys());
    const environment = names[this.#number++ % names.length] ?? "";
    const all = rows.get(environment) ?? [];
    const from = Math.floor(random() * all.length);
    const chosen = Array.from({ length: Math.min(6, all.length) }, (_, i) => all[(from + i) % all.length] ?? "");
    const repeats = 3 + Math.floor(random() * 4);
    const wanted = random() < 0.25 ? repeats - 1 : null;
    const groups = wanted === null ? "" : `, "groups": {"wanted": ${wanted}}`;
    const body = `{"environment": "${environment}", "tasks": {"rows": ${joinElements(chosen)}}, "repeats": ${repeats}${groups}}`;
    const idempotencyKey = `chaos-${this.#number}`;
    // The same key: an answer that was lost is asked for again, and makes no second job.
    const { id } = await this.#insist((client) => client.submitJob(body, { idempotencyKey, timeoutMs: 20_000 }));
    return { id, tasks: chosen.length, repeats, wanted, cancelled: false, rows: chosen };
  }

  /** As a trainer does: keeps each group with its sequence, and drops what it has kept before. */
  async #consume(id: string): Promise<void> {
    for (;;) {
      const delivery = await this.#insist((client) =>
        client.takeGroups(id, { limit: 4, wait_seconds: 2, lease_seconds: 10 }),
      );
      for (const { sequence, rollouts } of delivery.groups) {
        const key = `${id} ${sequence}`;
        if (this.#seen.has(key)) continue;
        this.#seen.add(key);
        this.taken.push({ job: id, sequence, rollouts: rollouts.map((rollout) => rollout.id) });
      }
      if (delivery.complete) return;
      const { id: deliveryId } = delivery;
      if (deliveryId !== null) await this.#insist((client) => acknowledged(client, id, deliveryId));
    }
  }

  async #untilRoom(): Promise<void> {
    const { signal, openRollouts } = this.#options;
    while (!signal.aborted) {
      const { items } = await this.#insist((client) => client.listJobs({ limit: 50 }));
      const open = items.reduce((sum, { tally }) => sum + tally.queued + tally.running, 0);
      if (open < openRollouts) return;
      await sleep(300);
    }
  }

  /** Asks one replica after another until one answers. */
  async #insist<T>(ask: (client: Client) => Promise<T>): Promise<T> {
    for (let tries = 0; ; tries++) {
      const { replicas } = this.#options;
      const url = replicas[tries % replicas.length]?.url ?? "";
      const client = url === "" ? null : createClient({ url });
      try {
        if (client) return await ask(client);
      } catch (error) {
        if (tries > 600) throw error;
        if (tries > 200 && tries % 100 === 0) console.log(`still asking: ${String(error)}`);
      } finally {
        await client?.close();
      }
      await sleep(250);
    }
  }
}

/** A lease that ran out meanwhile comes again, and is dropped as known. */
async function acknowledged(client: Client, job: string, delivery: string): Promise<void> {
  try {
    await client.acknowledgeGroups(job, delivery);
  } catch (error) {
    if ((error as { code?: string }).code !== "delivery_lost") throw error;
  }
}
