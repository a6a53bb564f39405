import { randomUUID } from "node:crypto";
import { Client } from "pg";
import { z } from "zod";
import { type Clock, systemClock } from "../../core/clock.ts";
import { messageOf } from "../../core/errors/sandlot-error.ts";
import type { Logger } from "../../core/logger.ts";
import type { Notice, NoticeBoard } from "../port.ts";
import { type DatabaseConnection, target } from "./pool.ts";

export interface NoticesOptions {
  readonly connection: DatabaseConnection;
  /** Of `NOTIFY`; the same for all processes of an installation. */
  readonly channel: string;
  readonly logger: Logger;
  readonly clock?: Clock;
}

/** Waits between tries to connect, milliseconds. */
const RECONNECT_MS = [250, 1_000, 5_000, 15_000] as const;
/** A connection over which nothing comes back for so long is given up, milliseconds: a network that is cut says nothing. */
const ANSWER_MS = 10_000;
const LOOK_MS = 15_000;
/** Statements that wait to be sent; more are dropped. */
const WAITING_MAX = 100;
/** Notices of one payload. Postgres refuses payloads of 8,000 bytes. */
const PER_PAYLOAD = 100;

const Message = z.object({
  from: z.string(),
  notices: z.array(
    z.union([
      z.object({ kind: z.literal("work") }),
      z.object({ kind: z.enum(["cancel", "progress"]), jobId: z.string() }),
    ]),
  ),
});

/**
 * `NOTIFY` and `LISTEN` on a connection of their own, made with the first subscription and made anew when it breaks. Behind a pooler
 * that shares connections between transactions nothing is heard, and everybody polls.
 */
export function openNotices(options: NoticesOptions): NoticeBoard & { close(): Promise<void> } {
  return new PostgresNotices(options);
}

interface Statement {
  readonly text: string;
  readonly values: string[];
}

class PostgresNotices implements NoticeBoard {
  readonly #options: NoticesOptions;
  readonly #clock: Clock;
  /** Tells our own notices from others'. */
  readonly #self = randomUUID();
  readonly #listeners = new Set<(notice: Notice) => void>();
  #client: Client | null = null;
  #isConnected = false;
  #failures = 0;
  #cancelTimer: () => void = () => undefined;
  readonly #waiting: Statement[] = [];
  #sending: Promise<void> | null = null;
  #isClosed = false;

  constructor(options: NoticesOptions) {
    this.#options = options;
    this.#clock = options.clock ?? systemClock;
  }

  publish(notices: readonly Notice[]): void {
    for (let start = 0; start < notices.length; start += PER_PAYLOAD) {
      const payload = JSON.stringify({ from: this.#self, notices: notices.slice(start, start + PER_PAYLOAD) });
      this.#ask("select pg_notify($1, $2)", [this.#options.channel, payload]);
    }
  }

  subscribe(listener: (notice: Notice) => void): () => void {
    this.#listeners.add(listener);
    if (!this.#client && !this.#isClosed) void this.#connect();
    return () => this.#listeners.delete(listener);
  }

  async close(): Promise<void> {
    this.#isClosed = true;
    this.#listeners.clear();
    this.#cancelTimer();
    await this.#sending;
    const client = this.#client;
    this.#client = null;
    this.#isConnected = false;
    await client?.end().catch(() => undefined);
  }

  async #connect(): Promise<void> {
    const { connection, channel } = this.#options;
    const client = new Client({
      ...target(connection),
      connectionTimeoutMillis: ANSWER_MS,
      query_timeout: ANSWER_MS,
      keepAlive: true,
      application_name: "sandlot notices",
    });
    this.#client = client;
    client.on("error", (error) => this.#lost(client, error));
    client.on("end", () => this.#lost(client, new Error("the connection ended")));
    client.on("notification", ({ payload = "" }) => this.#hear(payload));
    try {
      await client.connect();
      await client.query(`listen ${client.escapeIdentifier(channel)}`);
      if (this.#client !== client) return;
      this.#isConnected = true;
      this.#failures = 0;
      this.#look(client);
    } catch (error) {
      this.#lost(client, error);
    }
  }

  /** Sends a statement when those before it have been answered; drops it where there is no connection. */
  #ask(text: string, values: string[]): void {
    if (!this.#isConnected || this.#waiting.length >= WAITING_MAX) return;
    this.#waiting.push({ text, values });
    this.#sending ??= this.#send().finally(() => (this.#sending = null));
  }

  async #send(): Promise<void> {
    for (;;) {
      const [next] = this.#waiting.splice(0, 1);
      const client = this.#client;
      if (!next || !client) return;
      await client.query(next.text, next.values).catch((error: unknown) => this.#lost(client, error));
    }
  }

  /** Asks again and again whether the connection lives: nothing else tells, where nothing is published. */
  #look(client: Client): void {
    this.#cancelTimer = this.#clock.after(LOOK_MS, () => {
      if (this.#client !== client) return;
      this.#ask("select $1::text", ["alive"]);
      this.#look(client);
    });
  }

  #lost(client: Client, error: unknown): void {
    if (this.#client !== client) return;
    this.#client = null;
    this.#isConnected = false;
    this.#waiting.length = 0;
    this.#cancelTimer();
    // One that hangs would wait for an answer to its goodbye.
    client.end().catch(() => undefined);
    if (this.#isClosed) return;
    if (this.#failures === 0) {
      const detail = { problem: messageOf(error) };
      this.#options.logger.warn(detail, "news of other processes come late until the database is reached again");
    }
    const wait = RECONNECT_MS[Math.min(this.#failures++, RECONNECT_MS.length - 1)] ?? 0;
    this.#cancelTimer = this.#clock.after(wait, () => void this.#connect());
  }

  #hear(payload: string): void {
    const message = read(payload);
    if (!message || message.from === this.#self) return;
    for (const notice of message.notices) for (const listener of this.#listeners) listener(notice);
  }
}

/** Null for what another version, or somebody else, has sent. */
function read(payload: string): z.infer<typeof Message> | null {
  try {
    return Message.safeParse(JSON.parse(payload)).data ?? null;
  } catch {
    return null;
  }
}
