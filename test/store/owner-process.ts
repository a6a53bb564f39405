/**
 * A process that owns an embedded server, for tests that kill it: creates jobs for as long as it lives, and prints
 * the id of each when it has been acknowledged. Argument: the data directory.
 */
import { join } from "node:path";
import { silentLogger } from "../../src/core/logger.ts";
import { lockDataDirectory, openStore, startEmbeddedPostgres } from "../../src/store/index.ts";
import { ctx, newJob } from "./support.ts";

const dataDirectory = process.argv[2] ?? "";
await lockDataDirectory(dataDirectory);
const { connection } = await startEmbeddedPostgres({ dataDirectory });
const store = await openStore({
  database: { connection },
  segments: { directory: join(dataDirectory, "segments") },
  logger: silentLogger,
});
for (let i = 0; ; i++) {
  const row = await store.blobs.append(ctx, new Map([["row", Buffer.from(`row ${i}`)]]));
  const job = newJob();
  await store.jobs.create(ctx, { ...job, tasks: [{ taskId: String(i), row, part: "row", size: 1 }] });
  process.stdout.write(`${job.id}\n`);
}
