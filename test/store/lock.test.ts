import { spawn } from "node:child_process";
import { once } from "node:events";
import { readdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { lockDataDirectory } from "../../src/store/index.ts";
import { type TempDirectory, tempDirectory } from "./support.ts";

describe("the lock of a data directory", () => {
  let directory: TempDirectory;
  beforeEach(async () => {
    directory = await tempDirectory();
  });
  afterEach(() => directory.remove());

  const deadPid = async () => {
    const child = spawn("true");
    await once(child, "exit");
    return child.pid ?? 0;
  };
  const writeLock = (content: string) => writeFile(join(directory.path, "lock"), content);

  it("is exclusive, names its holder, and can be had again", async () => {
    const lock = await lockDataDirectory(join(directory.path, "new"));
    const second = lockDataDirectory(join(directory.path, "new"));
    await expect(second).rejects.toMatchObject({ code: "data_dir_locked", context: { pid: process.pid } });
    await lock.release();
    await lock.release();
    const third = await lockDataDirectory(join(directory.path, "new"));
    await lock.release();
    await expect(lockDataDirectory(join(directory.path, "new"))).rejects.toMatchObject({ code: "data_dir_locked" });
    await third.release();
    expect(await readdir(join(directory.path, "new"))).toEqual([]);
  });

  it.each([
    ["a process that is gone", async () => JSON.stringify({ pid: await deadPid(), startTime: "1", token: "old" })],
    [
      "an earlier process of our number",
      async () => JSON.stringify({ pid: process.pid, startTime: "1", token: "old" }),
    ],
    ["nobody, empty", async () => ""],
    ["nobody, torn", async () => '{"pid":'],
  ])("is taken over from %s", async (_, content) => {
    await writeLock(await content());
    const lock = await lockDataDirectory(directory.path);
    expect(JSON.parse(await readFile(join(directory.path, "lock"), "utf8"))).toMatchObject({ pid: process.pid });
    await lock.release();
    expect(await readdir(directory.path)).toEqual([]);
  });

  it("goes to one of many that take it over at once, also from a heir that died", async () => {
    for (let round = 0; round < 20; round++) {
      const pid = await deadPid();
      await writeLock(JSON.stringify({ pid, startTime: "1", token: "old" }));
      const heir = { pid, startTime: "1", token: "heir" };
      if (round % 2 === 1) await writeFile(join(directory.path, "lock.old"), JSON.stringify(heir));
      const tries = await Promise.allSettled(Array.from({ length: 12 }, () => lockDataDirectory(directory.path)));
      const held = tries.flatMap((one) => (one.status === "fulfilled" ? [one.value] : []));
      expect(held).toHaveLength(1);
      for (const one of tries) {
        if (one.status === "rejected") expect(one.reason).toMatchObject({ code: "data_dir_locked" });
      }
      await held[0]?.release();
      expect(await readdir(directory.path)).toEqual([]);
    }
  });
});
