import { EventEmitter } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach } from "vitest";
import { type CliOptions, type CliServices, runCli } from "../../../src/cli/index.ts";
import type { Config } from "../../../src/config/index.ts";
import type { EnvironmentView } from "../../../src/contract/environments.ts";
import type { SandlotError } from "../../../src/core/errors/sandlot-error.ts";
import { silentLogger } from "../../../src/core/logger.ts";
import type { ProviderReport } from "../../../src/sandbox/index.ts";
import { rootContext } from "../../../src/core/context.ts";
import { startMockModel } from "../../../src/compose/mock-model.ts";
import { probeEndpoint } from "../../../src/models/index.ts";
import { createApp } from "../../../src/server/create-app.ts";
import { startServer } from "../../../src/server/start-server.ts";
import { memoryExecution, type MemoryExecution } from "../../server/support/memory-execution.ts";
import { memoryPools, type MemoryPools } from "../../server/support/memory-pools.ts";
import { fakeJobs, type FakeJobs } from "./fake-jobs.ts";
import { checksOf, GO_IMAGE, PYTHON_IMAGE } from "./images.ts";

export const CODE_GEN: EnvironmentView = {
  name: "code_gen",
  description: "Programming problems.",
  licence: "Apache-2.0",
  agent: "simple",
  tools: [],
  reward_range: [0, 1],
  datasets: [{ name: "tasks", tasks: 2 }],
};

const WORKS: ProviderReport = {
  available: true,
  detail: "bubblewrap 0.8.0 works",
  facts: { bubblewrap: "0.8.0", python: "3.11.2 (/usr/bin/python3)", limits: "per run only, no cgroup" },
};
const NO_DOCKER: ProviderReport = {
  available: false,
  detail: "no Docker engine at /var/run/docker.sock: ENOENT",
  facts: {},
};

/** A command line with everything around it faked but the API: server, client and configuration are the real ones. */
export interface Cli {
  readonly directory: string;
  readonly jobs: FakeJobs;
  readonly execution: MemoryExecution;
  readonly pools: MemoryPools;
  readonly signals: EventEmitter;
  readonly services: CliServices;
  /** Configurations of the servers that were started. */
  readonly started: Config[];
  /** What was started and stopped, in order. */
  readonly events: string[];
  /** What the providers could do. */
  reports: Record<"docker" | "local", ProviderReport>;
  /** What starting a server throws. */
  startFailure: SandlotError | null;
  env: Record<string, string | undefined>;
  stdin: string;
  /** What standard input and output are, for commands that ask. */
  terminal: CliOptions["terminal"];
  /** Runs one command line. */
  run(...argv: string[]): Promise<Run>;
  /** Starts one that stays, with the text it has written so far. */
  start(...argv: string[]): { readonly ended: Promise<Run>; readonly written: { stdout: string; stderr: string } };
}

export interface Run {
  readonly code: number;
  /** With directory, ports and process numbers replaced. */
  readonly stdout: string;
  readonly stderr: string;
}

const directories: string[] = [];

afterEach(() => {
  for (const directory of directories.splice(0)) rmSync(directory, { recursive: true, force: true });
});

export function createCli(): Cli {
  const directory = mkdtempSync(join(tmpdir(), "sandlot-cli-"));
  directories.push(directory);
  const jobs = fakeJobs();
  const started: Config[] = [];
  const events: string[] = [];
  const services: CliServices = {
    async startServer({ config, onStep }) {
      onStep?.("starting the embedded database");
      if (cli.startFailure) throw cli.startFailure;
      started.push(config);
      const { host, port, hosts, api_keys } = config.server;
      const app = createApp({
        jobs,
        execution: config.worker.enabled ? cli.execution : null,
        pools: config.worker.enabled ? cli.pools : null,
        verification: null,
        fleets: null,
        gateway: null,
        groups: null,
        rescores: null,
        readings: null,
        submissions: null,
        removal: null,
        environments: async () => [CODE_GEN],
        taskIds: async () => [],
        models: () =>
          Object.entries(config.models).map(([name, { model, replay }]) => ({
            name,
            upstream: model,
            replay,
            down: false,
          })),
        ready: async () => ({ database: "ok" }),
        version: "0.0.0-test",
        auth: { keys: api_keys },
        hosts: [host, ...hosts],
        logger: silentLogger,
        validateResponses: true,
      });
      const server = await startServer({ app, host, port });
      events.push(`server ${config.worker.enabled ? "plays" : "reads"}`);
      const close = async (graceMs: number) => {
        events.push(`close ${graceMs}`);
        await server.close(0);
      };
      return { url: server.url, provider: config.worker.enabled ? "local" : null, close };
    },
    async startWorker({ config }) {
      if (cli.startFailure) throw cli.startFailure;
      started.push(config);
      events.push("worker plays");
      const { health_host: host, health_port: port } = config.worker;
      const close = async (graceMs: number) => void events.push(`close ${graceMs}`);
      return { healthUrl: port === undefined ? null : `http://${host}:${port}`, provider: "local", close };
    },
    async startSandboxServer(options) {
      const server = await services.startServer({ ...options, config: { ...options.config } });
      events.push("sandboxes alone");
      return server;
    },
    async checkEnvironment({ name, tasks = [], onChecked, parallel }) {
      const checked = (["reference", "hack"] as const).map((kind, i) => {
        const problem = name === "broken" && kind === "hack" ? "reward 1 instead of 0" : null;
        const fixture = {
          task: "dry-spell",
          fixture: `${kind}-a`,
          kind,
          reward: kind === "hack" && !problem ? 0 : 1,
          reason: null,
          message: "m\u001b[2J",
          problem,
        };
        onChecked(fixture, i + 1, 2);
        return fixture;
      });
      events.push(["check", name, ...tasks, parallel ?? "default"].join(" "));
      const ok = checked.every(({ problem }) => problem === null);
      return {
        environment: name,
        tasks: 1,
        checked,
        margins: [],
        problems: ok ? [] : ["task dry-spell has no wrong fixture"],
        ok,
        provider: "local",
      };
    },
    listEnvironments: async () => [CODE_GEN],
    probeProviders: async () => cli.reports,
    pruneImages: async () => ["sandlot/python:old"],
    buildImages: async (_config, { names, rebuild }, onStep) => {
      events.push([rebuild ? "rebuild" : "build", ...names].join(" "));
      onStep("building python");
      return ["sandlot/python:abc"];
    },
    listImages: async () => [PYTHON_IMAGE, GO_IMAGE],
    checkImages: async ({ names, onChecked }) => {
      const asked = [PYTHON_IMAGE, GO_IMAGE].filter(({ name }) => names.length === 0 || names.includes(name));
      const checks = asked.flatMap(checksOf);
      for (const check of checks) onChecked(check);
      return checks;
    },
    async startReplay(_config, environment, answer) {
      events.push(`replay ${environment}${answer ? ` ${JSON.stringify(answer)}` : ""}`);
      const tasks = new Map(
        answer
          ? [[answer.task, 1]]
          : [
              ["dry-spell", 4],
              ["ferry-route", 4],
            ],
      );
      return {
        url: "http://127.0.0.1:9/v1",
        model: "replay",
        tasks,
        kindOf: (text) => (text.includes("os._exit") ? "hack" : "reference"),
        stop: async () => void events.push("replay stopped"),
      };
    },
    startMockModel,
    probeModel: ({ signal, ...options }) => probeEndpoint(rootContext({ signal }), options),
  };
  const signals = new EventEmitter();
  const cli: Cli = {
    directory,
    jobs,
    execution: memoryExecution(),
    pools: memoryPools(),
    signals,
    services,
    started,
    events,
    reports: { docker: NO_DOCKER, local: WORKS },
    startFailure: null,
    env: {},
    stdin: "",
    terminal: null,
    run: (...argv) => cli.start(...argv).ended,
    start(...argv) {
      const written = { stdout: "", stderr: "" };
      const ended = runCli(argv, worldOf(cli, written)).then((code) => ({
        code,
        stdout: stable(cli, written.stdout),
        stderr: stable(cli, written.stderr),
      }));
      return { ended, written };
    },
  };
  return cli;
}

function worldOf(cli: Cli, written: { stdout: string; stderr: string }): CliOptions {
  return {
    services: cli.services,
    stdout: { write: (data) => (written.stdout += Buffer.from(data as string).toString()) },
    stderr: { write: (data) => (written.stderr += Buffer.from(data as string).toString()) },
    stdin: stream(cli.stdin),
    terminal: cli.terminal ?? null,
    signals: cli.signals,
    env: cli.env,
    workingDirectory: cli.directory,
    version: "0.0.0-test",
  };
}

async function* stream(text: string): AsyncGenerator<Uint8Array> {
  yield Buffer.from(text);
}

function stable(cli: Cli, text: string): string {
  return text
    .replaceAll(cli.directory, "<dir>")
    .replaceAll(/127\.0\.0\.1:\d+/g, "127.0.0.1:<port>")
    .replaceAll(`"pid":${process.pid}`, '"pid":<pid>')
    .replaceAll(`process ${process.pid}`, "process <pid>");
}
