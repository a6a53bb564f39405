/** The ways by which calls go to the engines: straight, through the gateway, and through others' proxies. */
import { type ChildProcess, fork, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import type { Asked } from "./serving.ts";

/** One way to the engines. */
export interface Path {
  readonly name: string;
  /** Of the model that its calls name. */
  readonly model: string;
  /** Of its proxy; null where there is none. */
  readonly pid: number | null;
  /** Base URLs without `/v1`, one for each rollout. */
  roots(rollouts: number): Promise<readonly string[]>;
  /** 99th percentile of the event loop's delay since the last question, milliseconds; null where it can't be asked. */
  delayMs(): Promise<number | null>;
}

const SERVING = fileURLToPath(new URL("./serving.ts", import.meta.url));
const START_MS = 30_000;

/** A process of `serving.ts`, and the URLs that it listens at. */
export async function serve(role: string, ...args: readonly (string | number)[]) {
  const folder = process.env["CPU_PROFILE"];
  const profiling = folder && role === "gateway" ? ["--cpu-prof", `--cpu-prof-dir=${folder}`] : [];
  const child = fork(SERVING, [role, ...args.map(String)], { execArgv: ["--import", "tsx", ...profiling, ...(role === "gateway" ? (process.env["GW_FLAGS"]?.split(" ").filter(Boolean) ?? []) : [])] });
  const [urls] = (await once(child, "message")) as [string[]];
  return { child, urls };
}

/** Everything that was started, to be ended. */
export interface Started {
  readonly paths: readonly Path[];
  end(): Promise<void>;
}

/** Starts what `names` needs before these engines; what is not installed is left out, by name. */
export async function startPaths(names: readonly string[], urls: readonly string[]): Promise<Started> {
  const gateway = await serve("gateway", ...urls);
  const node = await serve("node", ...urls);
  const folder = mkdtempSync(join(tmpdir(), "sandlot-bench-"));
  const rivals: ChildProcess[] = [];
  const paths: Path[] = [];
  const noDelay = () => Promise.resolve(null);
  const same = (root: string) => (count: number) => Promise.resolve(Array.from({ length: count }, () => root));
  const rival = async (name: string, command: (port: number, other: number) => readonly string[]): Promise<void> => {
    if (!names.includes(name)) return;
    const port = await freePort();
    const [program = "", ...args] = command(port, await freePort());
    const child = spawn(program, args, { stdio: "ignore" });
    rivals.push(child);
    process.once("exit", () => child.kill("SIGTERM"));
    const failed = once(child, "error").then(([error]) => String(error));
    const problem = await Promise.race([failed, listens(port)]);
    if (problem !== null) {
      console.log(`(without ${name}: ${problem})`);
      return;
    }
    paths.push({ name, model: "m", pid: child.pid ?? null, roots: same(`http://127.0.0.1:${port}`), delayMs: noDelay });
  };

  if (names.includes("direct"))
    paths.push({
      name: "direct",
      model: "m",
      pid: null,
      roots: (count) => Promise.resolve(Array.from({ length: count }, (_, at) => urls[at % urls.length] ?? "")),
      delayMs: noDelay,
    });
  if (names.includes("node"))
    paths.push({ name: "node", model: "m", pid: node.child.pid ?? null, roots: same(node.urls[0] ?? ""), delayMs: noDelay });
  await rival("nginx", (port) => {
    writeFileSync(join(folder, "nginx.conf"), nginxConfig(folder, port, urls));
    return ["nginx", "-p", folder, "-c", join(folder, "nginx.conf")];
  });
  await rival("vllm-router", (port, metrics) => [
    process.env["VLLM_ROUTER"] ?? "vllm-router",
    ...["--host", "127.0.0.1", "--port", String(port), "--policy", "consistent_hash", "--log-level", "error"],
    ...["--prometheus-port", String(metrics), "--max-concurrent-requests", "16384"],
    ...["--worker-urls", ...urls],
  ]);
  for (const model of ["plain", "exact"])
    if (names.includes(model))
      paths.push({
        name: `sandlot ${model}`,
        model,
        pid: gateway.child.pid ?? null,
        roots: (count) => ask<readonly string[]>(gateway.child, { model, count }),
        delayMs: () => ask<number>(gateway.child, "delay"),
      });

  const end = async () => {
    for (const { child } of [gateway, node]) child.disconnect();
    for (const child of rivals) child.kill("SIGTERM");
    await Promise.all(rivals.map((child) => (child.exitCode === null ? once(child, "exit") : null)));
    rmSync(folder, { recursive: true, force: true });
  };
  return { paths, end };
}

async function ask<T>(child: ChildProcess, asked: Asked): Promise<T> {
  child.send(asked);
  const [answer] = (await once(child, "message")) as [T];
  return answer;
}

/** One worker, kept-alive upstream connections, rollouts held to replicas by their header. */
function nginxConfig(folder: string, port: number, urls: readonly string[]): string {
  const servers = urls.map((url) => `    server ${new URL(url).host};`).join("\n");
  return `worker_processes 1;
daemon off;
pid ${folder}/nginx.pid;
error_log ${folder}/error.log;
worker_rlimit_nofile 32768;
events { worker_connections 16384; }
http {
  access_log off;
  client_body_temp_path ${folder}/body;
  proxy_temp_path ${folder}/proxy;
  fastcgi_temp_path ${folder}/fastcgi;
  uwsgi_temp_path ${folder}/uwsgi;
  scgi_temp_path ${folder}/scgi;
  client_max_body_size 64m;
  client_body_buffer_size 1m;
  proxy_buffers 64 16k;
  upstream engines {
    hash $http_x_session_id consistent;
${servers}
    keepalive 1024;
  }
  server {
    listen 127.0.0.1:${port} backlog=8192;
    keepalive_requests 1000000;
    location / {
      proxy_pass http://engines;
      proxy_http_version 1.1;
      proxy_set_header Connection "";
      proxy_read_timeout 1h;
    }
  }
}
`;
}

function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer().once("error", reject);
    server.listen(0, "127.0.0.1", () => {
      const address = server.address();
      server.close(() => resolve(typeof address === "object" && address ? address.port : 0));
    });
  });
}

/** Null once something answers there; else why not. */
async function listens(port: number): Promise<string | null> {
  for (const end = performance.now() + START_MS; performance.now() < end; await sleep(100)) {
    const answer = await fetch(`http://127.0.0.1:${port}/health`).catch(() => null);
    if (answer?.ok) return null;
  }
  return `does not answer within ${START_MS / 1000} s`;
}
