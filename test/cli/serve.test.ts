import { existsSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { until } from "../server/support/serve.ts";
import { type Cli, createCli } from "./support/harness.ts";

function noteOf(cli: Cli): string {
  return join(cli.directory, ".sandlot", "server.json");
}

async function serving(cli: Cli, ...argv: string[]) {
  const server = cli.start("serve", "--port", "0", ...argv);
  await until(() => server.written.stdout !== "");
  return server;
}

test("serves until a signal comes, and leaves a note for the time", async () => {
  const cli = createCli();
  const server = await serving(cli, "--provider", "local");
  expect(statSync(noteOf(cli)).mode & 0o777).toBe(0o600);
  const note = JSON.parse(readFileSync(noteOf(cli), "utf8")) as { url: string; pid: number };
  expect(note.pid).toBe(process.pid);
  expect(note.url).toMatch(/^http:\/\/127\.0\.0\.1:\d+$/);
  cli.signals.emit("SIGTERM");
  const { code, stdout, stderr } = await server.ended;
  expect(code).toBe(0);
  expect(stdout).toBe("sandlot serves http://127.0.0.1:<port>  sandboxes: local  data: <dir>/.sandlot\n");
  expect(stderr).toBe(
    "starting the embedded database …\nstopping: what runs has 20 s to finish, the rest waits for the next start (again to quit at once)\n",
  );
  expect(existsSync(noteOf(cli))).toBe(false);
  expect(cli.events).toEqual(["server plays", "close 20000"]);
  expect(cli.signals.listenerCount("SIGINT")).toBe(0);
  expect(cli.started[0]?.sandbox.provider).toBe("local");
});

test("a second signal ends it at once", async () => {
  const cli = createCli();
  const startServer = cli.services.startServer.bind(cli.services);
  cli.services.startServer = async (options) => {
    const server = await startServer(options);
    return { ...server, close: (graceMs) => server.close(graceMs).then(() => new Promise<void>(() => undefined)) };
  };
  const server = await serving(cli);
  cli.signals.emit("SIGINT");
  await until(() => server.written.stderr.includes("stopping"));
  cli.signals.emit("SIGINT");
  expect((await server.ended).code).toBe(130);
});

test("a signal during the start ends it, and stops what starts after all", async () => {
  const cli = createCli();
  const startServer = cli.services.startServer.bind(cli.services);
  cli.services.startServer = (options) => {
    cli.signals.emit("SIGINT");
    return startServer(options);
  };
  const { code, stderr } = await cli.run("serve", "--port", "0");
  expect(code).toBe(130);
  expect(stderr).toMatch(/interrupted\n$/);
  await until(() => cli.events.includes("close 0"));
});

test("other commands find it, with the configured key, and it plays for them", async () => {
  const cli = createCli();
  const yaml =
    "server: { api_keys: [{ name: a, key: k1, scopes: [jobs] }, { name: b, key: k2 }] }\nmodels: { policy: { url: 'http://h/v1', model: m } }\n";
  writeFileSync(join(cli.directory, "sandlot.yaml"), yaml);
  const server = await serving(cli, "--json");
  expect(JSON.parse(server.written.stdout)).toMatchObject({
    provider: "local",
    data_dir: join(cli.directory, ".sandlot"),
    pid: process.pid,
  });

  const detached = await cli.run("run", "code_gen", "--model", "policy", "--detach");
  expect(detached).toEqual({ code: 0, stdout: "submitted job_1: 2 rollouts\nsandlot jobs watch job_1\n", stderr: "" });
  const played = await cli.run("run", "code_gen", "--model", "policy");
  expect(played.code).toBe(0);
  expect((await cli.run("jobs", "--json")).stdout).toContain('"job_2"');

  const refused = async (...argv: string[]) => {
    const { code, stderr } = await cli.run("run", "code_gen", ...argv);
    expect(code).toBe(2);
    return stderr;
  };
  expect(await refused("--model-url", "http://127.0.0.1:1/v1")).toMatch(
    /--model-url: cannot be given to the server that runs at http:\/\/127\.0\.0\.1:<port>, which has its own models \(policy\)/,
  );
  expect(await refused("--concurrency", "4")).toMatch(/--concurrency: is set where the server/);
  expect(await refused("--provider", "local")).toMatch(/--provider: is set where the server/);
  expect((await cli.run("doctor")).stdout).toMatch(
    /in use by the server at http:\/\/127\.0\.0\.1:<port> \(process <pid>\)/,
  );
  expect(cli.events).toEqual(["server plays"]);
  cli.signals.emit("SIGTERM");
  await server.ended;
});

test("by URL, with a key from a file or a variable", async () => {
  const cli = createCli();
  writeFileSync(join(cli.directory, "sandlot.yaml"), "server: { api_keys: [{ name: a, key: k1 }] }\n");
  const server = await serving(cli, "--json");
  const { url } = JSON.parse(server.written.stdout) as { url: string };
  const remote = createCli();
  expect((await remote.run("jobs", "--url", url)).stderr).toMatch(/error unauthorized/);
  writeFileSync(join(remote.directory, "key"), "k1\n");
  expect((await remote.run("jobs", "--url", url, "--api-key-file", "key")).code).toBe(0);
  remote.env = { SANDLOT_URL: url, SANDLOT_API_KEY: "k1" };
  expect((await remote.run("env", "list")).stdout).toMatch(/^environment .*\ncode_gen/);
  const run = await remote.run("run", "code_gen");
  expect(run.stdout).toMatch(/sandlot rollouts list --job job_1 --url http:\/\/127\.0\.0\.1:<port>\n$/);
  expect((await remote.run("jobs", "--api-key-file", "none")).stderr).toMatch(/--api-key-file: ENOENT/);
  expect(remote.events).toEqual([]);
  cli.signals.emit("SIGTERM");
  await server.ended;
});

test("a stale note is passed over: its key is never sent to whoever has the port now", async () => {
  const cli = createCli();
  const server = await serving(cli);
  const note = JSON.parse(readFileSync(noteOf(cli), "utf8")) as object;
  writeFileSync(noteOf(cli), JSON.stringify({ ...note, pid: 2 ** 22 + 1 }));
  expect((await cli.run("jobs")).code).toBe(0);
  expect(cli.events).toEqual(["server plays", "server reads", "close 0"]);
  cli.signals.emit("SIGTERM");
  await server.ended;
  // It is not ours any more, so it is left alone.
  expect(existsSync(noteOf(cli))).toBe(true);
});
