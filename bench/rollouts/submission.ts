import { heading, row, timed } from "../support/measure.ts";
import { residentKiB } from "../support/process-use.ts";
import { openStand } from "./stand.ts";
import { PLAYS } from "./tasks.ts";

/** Time and memory that a submission of so many rows takes, in a server that plays nothing. */
export async function submission(count: number): Promise<void> {
  const play = PLAYS.tools;
  const stand = await openStand({ play, serverPlays: false });
  try {
    heading("submission", "seconds", "rows/s", "peak MiB", "CPU s of server and database");
    const rows = Array.from({ length: count }, (_, i) => play.row(i));
    const idle = residentKiB(stand.server.process.pid ?? 0);
    let peak = idle;
    const watch = setInterval(() => (peak = Math.max(peak, residentKiB(stand.server.process.pid ?? 0))), 50);
    const before = stand.cpu();
    const ms = await timed(() => stand.client.submitJob({ environment: play.environment, tasks: { rows } }));
    clearInterval(watch);
    const after = stand.cpu();
    const cpu = `${seconds(after.server - before.server)} and ${seconds(after.database - before.database)}`;
    row(`${count} rows`, ms / 1_000, count / (ms / 1_000), (peak - idle) / 1_024, cpu);
  } finally {
    await stand.stop();
  }
}

const seconds = (ms: number) => (ms / 1_000).toFixed(1);
