/** Where jobs, rollouts and trajectories are kept: Postgres, ours or yours, and segment files. */
export { type DirectoryLock, lockDataDirectory } from "./embedded/lock.ts";
export { type EmbeddedPostgres, type EmbeddedPostgresOptions, startEmbeddedPostgres } from "./embedded/start.ts";
export { openStore, type StoreOptions } from "./open-store.ts";
export type { DatabaseConnection } from "./postgres/pool.ts";
export {
  type AttemptEnd,
  type AttemptRow,
  type BlobRecord,
  type BlobStore,
  type Claim,
  type ClaimedRollout,
  type FinishedRollout,
  type JobRow,
  type JobStore,
  LOST_ATTEMPTS_MAX,
  type NewJob,
  type NewTask,
  type Notice,
  type NoticeBoard,
  type RecordPointer,
  type RolloutQueue,
  type RolloutReader,
  type RolloutRow,
  type Store,
} from "./port.ts";
