import { execFile, spawn } from "node:child_process";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";

const run = promisify(execFile);

/** Runs the docker client and answers its output. */
export async function docker(args: readonly string[], socket?: string): Promise<string> {
  const host = socket ? ["--host", `unix://${socket}`] : [];
  return (await run("docker", [...host, ...args], { maxBuffer: 1 << 26 })).stdout.trim();
}

/** Names of the containers of an installation, running or not. */
export async function containersOf(installation: string, socket?: string): Promise<string[]> {
  const args = ["ps", "--all", "--filter", `label=sandlot.installation=${installation}`, "--format", "{{.Names}}"];
  return (await docker(args, socket)).split("\n").filter(Boolean);
}

/** Process id on this machine of a container's first process: the agent. */
export async function agentPid(container: string): Promise<number> {
  return Number(await docker(["inspect", "--format", "{{.State.Pid}}", container]));
}

export interface PrivateEngine {
  readonly socket: string;
  /** Ends the engine like an operator would, containers included. */
  stop(): Promise<void>;
  /** Ends it without warning; containers stay until it starts again. */
  kill(): Promise<void>;
  start(): Promise<void>;
  dispose(): Promise<void>;
}

/** A second Docker engine with a data directory of its own and the given images, so that a test may stop and start it. */
export async function openEngine(images: readonly string[]): Promise<PrivateEngine> {
  const folder = await mkdtemp(join(tmpdir(), "sandlot-engine-"));
  const socket = join(folder, "docker.sock");
  let engine: ReturnType<typeof spawn> | null = null;
  const args = [
    ["--host", `unix://${socket}`, "--data-root", join(folder, "data"), "--exec-root", join(folder, "exec")],
    ["--pidfile", join(folder, "pid"), "--bridge", "none", "--iptables=false", "--ip6tables=false"],
  ].flat();
  const end = async (signal: NodeJS.Signals) => {
    const running = engine;
    engine = null;
    if (!running) return;
    const ended = new Promise((resolve) => running.once("exit", resolve));
    running.kill(signal);
    await ended;
  };
  const stop = () => end("SIGTERM");
  const start = async () => {
    // In a network namespace of its own: an engine without a bridge removes the one of its neighbour.
    engine = spawn("unshare", ["--net", "dockerd", ...args], { stdio: "ignore" });
    for (let tries = 0; tries < 300; tries++) {
      if (
        await docker(["version"], socket).then(
          () => true,
          () => false,
        )
      )
        return;
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
    throw new Error("the private engine did not start");
  };
  await start();
  for (const image of images) {
    await run("sh", ["-c", `docker save ${image} | docker --host unix://${socket} load`]);
  }
  return {
    socket,
    stop,
    kill: () => end("SIGKILL"),
    start,
    async dispose() {
      await stop();
      // One that was killed leaves its data mounted on itself.
      await run("umount", ["--recursive", join(folder, "data")]).catch(() => undefined);
      await rm(folder, { recursive: true, force: true });
    },
  };
}
