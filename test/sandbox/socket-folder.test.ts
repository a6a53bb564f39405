import { spawn } from "node:child_process";
import { once } from "node:events";
import { closeSync, existsSync, mkdirSync, mkdtempSync, openSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { systemClock } from "../../src/core/clock.ts";
import { newId } from "../../src/core/ids.ts";
import { silentLogger } from "../../src/core/logger.ts";
import { DockerProvider, prepareImages } from "../../src/sandbox/docker/index.ts";
import { Reaper, type SandboxOwner } from "../../src/sandbox/index.ts";
import { containersOf } from "../support/engine.ts";
import { ctx, imagesRoot, LIMITS, specOf, text } from "../support/sandboxes.ts";

const socketPath = "/var/run/docker.sock";
let folder = "";
let provider: DockerProvider;
let owner: SandboxOwner;

function open(folder: string, always = true): DockerProvider {
  return new DockerProvider({
    socketPath,
    imagesRoot,
    owner,
    maxAgeMs: 3_600_000,
    sockets: { folder, always },
    clock: systemClock,
  });
}

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), "sandlot-sockets-"));
  owner = { installation: newId("installation"), owner: newId("server") };
  await prepareImages(ctx, { socketPath, imagesRoot, images: ["python"] });
});
afterEach(() => {
  provider.close();
  rmSync(folder, { recursive: true });
});

describe("agents on Unix sockets", () => {
  it("are done without where the engine sees other files than this process, unless they are asked for", async () => {
    // The engine looks for the path among its own descriptors.
    const descriptor = openSync(folder, "r");
    const unseen = `/proc/self/fd/${descriptor}`;
    try {
      provider = open(unseen, false);
      for (let sandboxes = 0; sandboxes < 2; sandboxes++) {
        const sandbox = await provider.create(ctx, specOf("B"));
        const { stdout } = await sandbox.run(ctx, {
          program: { interpreter: "python", source: "print(1)" },
          limits: LIMITS,
        });
        expect(text(stdout)).toBe("1\n");
        await provider.remove(ctx, sandbox.id);
      }
      provider.close();
      provider = open(unseen);
      await expect(provider.create(ctx, specOf("B"))).rejects.toThrow("invalid mount config");
      expect(readdirSync(folder)).toEqual([]);
    } finally {
      closeSync(descriptor);
    }
  });

  it("leave nothing on this machine once they are connected, and candidates an empty folder", async () => {
    // Longer than the address of a Unix socket may be.
    const deep = join(folder, "x".repeat(120));
    provider = open(deep);
    for (const mode of ["A", "C"] as const) {
      const sandbox = await provider.create(ctx, specOf(mode));
      expect(readdirSync(deep)).toEqual([]);
      const source = `
import os, socket
print(os.listdir('/run/sandlot'))
for attempt in (lambda: open('/run/sandlot/x', 'w'), lambda: socket.socket(socket.AF_UNIX).connect('/run/sandlot/agent.sock')):
    try: attempt(); print('done')
    except OSError as error: print(type(error).__name__)
`;
      const { stdout } = await sandbox.run(ctx, { program: { interpreter: "python", source }, limits: LIMITS });
      expect(text(stdout)).toBe("[]\nFileNotFoundError\nFileNotFoundError\n");
      await provider.remove(ctx, sandbox.id);
      expect(await sandbox.ended).toMatchObject({ cause: "closed" });
    }
    expect(await provider.list()).toEqual([]);
  });

  it("say why when they cannot connect, and leave neither container nor folder", async () => {
    // Somebody takes the socket away before the agent gets to it.
    provider = open(folder);
    const creating = provider.create(ctx, specOf("B"));
    await expect.poll(() => readdirSync(folder).length, { interval: 1 }).toBe(1);
    rmSync(join(folder, readdirSync(folder)[0] ?? "", "agent.sock"), { force: true });
    await expect(creating).rejects.toThrow(/^sandbox lost: .*No such file/s);
    expect(readdirSync(folder)).toEqual([]);
    // The engine may be removing it still.
    await expect.poll(() => containersOf(owner.installation)).toEqual([]);
  });

  it("are found by the reaper when their server was killed before they had connected", async () => {
    provider = open(folder);
    const [dead, foreign] = [newId("sandbox"), newId("sandbox")];
    const ofDead = join(folder, `${owner.installation}.${newId("server")}.${dead}`);
    const ofForeign = join(folder, `${newId("installation")}.${newId("server")}.${foreign}`);
    for (const left of [ofDead, ofForeign]) {
      mkdirSync(left);
      writeFileSync(join(left, "agent.sock"), "");
    }
    const common = { provider, owner, known: () => [], clock: systemClock, logger: silentLogger };
    expect(await provider.list()).toMatchObject([{ id: dead, installation: owner.installation }]);
    expect(await new Reaper({ ...common, alone: false }).round()).toBe(0);
    expect(await new Reaper({ ...common, alone: true }).round()).toBe(1);
    expect([existsSync(ofDead), existsSync(ofForeign)]).toEqual([false, true]);
  });

  it("end with their server, also when it is killed", async () => {
    provider = open(folder);
    const script = new URL("../support/sandbox-owner-process.ts", import.meta.url).pathname;
    const env = { ...process.env, TMPDIR: folder };
    const server = spawn(process.execPath, ["--import", "tsx", script, "unix"], {
      stdio: ["ignore", "pipe", "inherit"],
      env,
    });
    const [line] = (await once(server.stdout, "data")) as [Buffer];
    const { installation } = JSON.parse(String(line)) as SandboxOwner;
    expect(await containersOf(installation)).toHaveLength(2);
    server.kill("SIGKILL");
    await once(server, "exit");
    await expect.poll(() => containersOf(installation), { timeout: 20_000 }).toEqual([]);
    const left = readdirSync(folder, { recursive: true, encoding: "utf8" }).filter((name) => name.includes("ins_"));
    expect(left).toEqual([]);
  });
});
