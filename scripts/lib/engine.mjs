import { existsSync, openSync } from "node:fs";
import { spawn } from "node:child_process";
import { probe, run, say } from "./process.mjs";

const START_SECONDS = 60;

/** Whether a Docker engine answers. */
export async function engineAnswers() {
  return (await probe("docker", ["version", "--format", "{{.Server.Version}}"])).code === 0;
}

/** Whether set-up may install and start things: as root on Debian, or when asked to. */
export function maySetUp() {
  const root = typeof process.getuid === "function" && process.getuid() === 0;
  return root && (existsSync("/etc/debian_version") || process.argv.includes("--setup"));
}

/**
 * Sees to it that an engine answers. Answers the function that stops what was started here; throws one line that says
 * what to do when it may not set anything up.
 */
export async function ensureEngine() {
  if (await engineAnswers()) return async () => undefined;
  if (!maySetUp())
    throw new Error("no Docker engine answers: install and start one, or run as root on Debian with --setup");
  if ((await probe("dockerd", ["--version"])).code !== 0) await aptInstall("docker.io");
  return startEngine();
}

/** Installs Debian packages, with a fresh package list when the first try fails. */
export async function aptInstall(...packages) {
  say(`installing ${packages.join(", ")} (apt-get)`);
  const options = {
    env: { ...process.env, DEBIAN_FRONTEND: "noninteractive" },
    stdio: ["ignore", "ignore", "inherit"],
  };
  const install = ["install", "-y", "-qq", "--no-install-recommends", ...packages];
  if ((await run("apt-get", install, options)) === 0) return;
  await run("apt-get", ["update", "-qq"], options);
  if ((await run("apt-get", install, options)) !== 0)
    throw new Error(`apt-get could not install ${packages.join(", ")}`);
}

async function startEngine() {
  say("starting the Docker engine (log: /var/log/sandlot-dockerd.log)");
  const log = openSync("/var/log/sandlot-dockerd.log", "a");
  const engine = spawn("dockerd", [], { detached: true, stdio: ["ignore", log, log] });
  engine.unref();
  const gone = new Promise((resolve) => engine.once("exit", () => resolve(true)));
  for (let second = 0; second < START_SECONDS; second++) {
    if (await engineAnswers()) return () => stopEngine(engine, gone);
    const over = await Promise.race([gone, new Promise((resolve) => setTimeout(resolve, 1000, false))]);
    if (over) break;
  }
  throw new Error("the Docker engine did not start; its log is /var/log/sandlot-dockerd.log");
}

async function stopEngine(engine, gone) {
  // Silent: the last line of a run is its result.
  process.kill(engine.pid, "SIGTERM");
  await Promise.race([gone, new Promise((resolve) => setTimeout(resolve, 30_000))]);
}
