import { type FileHandle, open, rm } from "node:fs/promises";
import { resolve } from "node:path";
import type { Client } from "../../client/index.ts";
import { messageOf, SandlotError } from "../../core/errors/sandlot-error.ts";
import { safeJson } from "../terminal/sanitise.ts";

/** Records are large: a page holds few. */
const PAGE = 20;

/**
 * The file of `--out`: one JSON line per finished rollout, appended as they are delivered, so that it can be followed.
 * It is opened before anything is started, and an existing one is refused unless it may be overwritten.
 */
export class RecordFile {
  readonly path: string;
  /** Lines written. */
  lines = 0;
  readonly #handle: FileHandle;
  /** Whether the file was made for this job. */
  readonly #fresh: boolean;
  #begun = false;
  #cursor: string | undefined;

  private constructor(path: string, handle: FileHandle, fresh: boolean) {
    this.path = path;
    this.#handle = handle;
    this.#fresh = fresh;
  }

  /** Throws `invalid_request` when the file cannot be made, or exists. */
  static async create(workingDirectory: string, name: string, overwrite: boolean): Promise<RecordFile> {
    const path = resolve(workingDirectory, name);
    const refuse = (problem: string, cause: unknown) =>
      new SandlotError("invalid_request", { fields: [{ field: "--out", problem }] }, { cause });
    try {
      return new RecordFile(path, await open(path, "ax"), true);
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== "EEXIST") throw refuse(messageOf(error), error);
      if (!overwrite) throw refuse(`${name} exists; pass --overwrite to replace it`, error);
    }
    try {
      return new RecordFile(path, await open(path, "a"), false);
    } catch (error) {
      throw refuse(messageOf(error), error);
    }
  }

  /** The job is accepted: what an overwritten file held goes now. */
  async begin(): Promise<void> {
    await this.#handle.truncate(0);
    this.#begun = true;
  }

  /** Appends the records of the job's rollouts that have finished since the last call. */
  async catchUp(client: Client, jobId: string): Promise<void> {
    for (;;) {
      const page = await client.listRollouts(jobId, { include: "record", limit: PAGE, cursor: this.#cursor });
      const text = page.items.map((record) => `${safeJson(record)}\n`).join("");
      if (text !== "") await this.#handle.appendFile(text);
      this.lines += page.items.length;
      this.#cursor = page.next_cursor;
      if (page.items.length < PAGE) return;
    }
  }

  /** Ends the file: its lines are on disk afterwards. One that was made for a job that never began goes away. */
  async close(): Promise<void> {
    if (this.#begun) await this.#handle.sync();
    await this.#handle.close();
    if (this.#fresh && !this.#begun) await rm(this.path, { force: true });
  }
}
