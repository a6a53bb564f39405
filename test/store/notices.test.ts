import { setTimeout as pause } from "node:timers/promises";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { silentLogger } from "../../src/core/logger.ts";
import type { Notice } from "../../src/store/port.ts";
import { openNotices } from "../../src/store/postgres/notices.ts";
import { query, startTestStore, type TestStore } from "./support.ts";

let server: TestStore;
const opened: { close(): Promise<void> }[] = [];
beforeAll(async () => {
  server = await startTestStore();
});
afterAll(async () => {
  for (const board of opened) await board.close();
  await server.close();
});

/** A process's board, with what it has heard. */
function board(channel = "sandlot_test") {
  const board = openNotices({ connection: server.connection, channel, logger: silentLogger });
  opened.push(board);
  const heard: Notice[] = [];
  board.subscribe((notice) => heard.push(notice));
  return { board, heard };
}

/** Publishes until it is heard: who has only just subscribed may not hear the first. */
async function told(from: ReturnType<typeof board>, to: ReturnType<typeof board>, jobId: string) {
  await until(() => {
    from.board.publish([{ kind: "progress", jobId }]);
    return to.heard.some((notice) => notice.kind === "progress" && notice.jobId === jobId);
  });
}

describe("notices", () => {
  test("reach every other process, and never the one that published", async () => {
    const [a, b, c] = [board(), board(), board()];
    await Promise.all([told(a, b, "ready"), told(a, c, "ready")]);
    a.heard.length = 0;
    const notices: Notice[] = [{ kind: "work" }, ...Array.from({ length: 250 }, (_, i) => progress(`job_${i}`))];
    a.board.publish(notices);
    for (const { heard } of [b, c]) {
      await until(() => heard.length >= notices.length);
      expect(heard.filter((notice) => notice.kind === "work" || notice.jobId !== "ready")).toEqual(notices);
    }
    expect(a.heard).toEqual([]);
  });

  test("stay within their installation, and what others write there is passed over", async () => {
    const [a, b, other] = [board("one"), board("one"), board("another")];
    await told(a, b, "ready");
    await query(server.connection, "notify one, 'no JSON'");
    await query(server.connection, `notify one, '{"from": "x", "notices": [{"kind": "from the future"}]}'`);
    await told(a, b, "still there");
    expect(other.heard).toEqual([]);
  });

  test("come again after the connection was cut", async () => {
    const [a, b] = [board(), board()];
    await told(a, b, "before");
    await query(
      server.connection,
      "select pg_terminate_backend(pid) from pg_stat_activity where application_name = 'sandlot notices'",
    );
    await told(a, b, "after");
  });

  test("that were published before the end still arrive", async () => {
    const [a, b] = [board(), board()];
    await told(a, b, "ready");
    a.board.publish([progress("last")]);
    await a.board.close();
    await until(() => b.heard.some((notice) => notice.kind === "progress" && notice.jobId === "last"));
    a.board.publish([progress("too late")]);
    await pause(50);
    expect(b.heard).not.toContainEqual(progress("too late"));
  });
});

/** Looks again and again; the test's own time limit is the only one. */
async function until(condition: () => boolean): Promise<void> {
  while (!condition()) await pause(10);
}

function progress(jobId: string): Notice {
  return { kind: "progress", jobId };
}
