import { Client } from "pg";
import { rootContext } from "../../src/core/context.ts";
import { openSegments } from "../../src/store/segments/segment-store.ts";

/** Rows of one job as the database has them. Column names are the database's. */
export interface StoredJob {
  readonly job: Record<string, unknown>;
  readonly rollouts: readonly StoredRollout[];
  readonly attempts: readonly StoredAttempt[];
  readonly groups: readonly { task_index: number; size: number; open: number; sequence: number | null }[];
}

export interface StoredRollout {
  readonly id: string;
  readonly task_index: number;
  readonly rollout_index: number;
  readonly state: string;
  readonly attempts: number;
  readonly outcome: string | null;
  readonly reward: number | null;
  readonly masked: boolean | null;
  readonly sequence: number | null;
  readonly lease_owner: string | null;
  readonly record_segment: string | null;
  readonly record_offset: number | null;
  readonly record_length: number | null;
  readonly row_segment: string;
  readonly row_offset: number;
  readonly row_length: number;
  readonly row_part: string;
}

export interface StoredAttempt {
  readonly rollout_id: string;
  readonly number: number;
  readonly started_at: Date;
  readonly ended_at: Date | null;
  readonly outcome: string | null;
  readonly retried: boolean;
}

/** The database and the segments, read past the product's own queries. */
export interface StoreReader {
  job(id: string): Promise<StoredJob | null>;
  /** Parts of a record as text; throws what the segment reader throws. */
  record(pointer: { segment: string; offset: number; length: number }): Promise<Map<string, string>>;
  close(): Promise<void>;
}

export async function openReader(database: string, segments: string): Promise<StoreReader> {
  const client = new Client({ connectionString: database });
  await client.connect();
  const blobs = await openSegments({ directory: segments });
  const rows = async <T>(text: string, id: string) => (await client.query(text, [id])).rows as T[];
  return {
    async job(id) {
      const [job] = await rows<Record<string, unknown>>("select * from jobs where id = $1", id);
      if (!job) return null;
      return {
        job,
        rollouts: (
          await rows<StoredRollout>(
            `select r.*, t.row_segment, t.row_offset, t.row_length, t.row_part
             from rollouts r left join tasks t on t.job_id = r.job_id and t.task_index = r.task_index
             where r.job_id = $1 order by r.task_index, r.rollout_index, r.id`,
            id,
          )
        ).map(numbered),
        attempts: (
          await rows<StoredAttempt>(
            `select a.* from attempts a join rollouts r on r.tenant = a.tenant and r.id = a.rollout_id
             where r.job_id = $1 order by a.rollout_id, a.number`,
            id,
          )
        ).map(numbered),
        groups: (
          await rows<StoredJob["groups"][number]>(
            "select task_index, size, open, sequence from tasks where job_id = $1 order by task_index",
            id,
          )
        ).map(numbered),
      };
    },
    async record(pointer) {
      const parts = await blobs.read(rootContext(), pointer);
      return new Map(Array.from(parts, ([name, bytes]) => [name, Buffer.from(bytes).toString("utf8")]));
    },
    async close() {
      await blobs.close();
      await client.end();
    },
  };
}

/** The driver gives 8-byte integers as text. */
const LARGE = new Set(["sequence", "record_offset", "record_length", "row_offset", "row_length", "fence"]);

function numbered<T extends object>(row: T): T {
  const entries = (Object.entries(row) as [string, unknown][]).map(([name, value]): [string, unknown] => [
    name,
    LARGE.has(name) && value !== null ? Number(value) : value,
  ]);
  return Object.fromEntries(entries) as T;
}
