import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { SandlotError } from "../../src/core/errors/sandlot-error.ts";
import { createCli } from "./support/harness.ts";
import { GO_IMAGE, PYTHON_IMAGE } from "./support/images.ts";

describe("env", () => {
  test("list needs no server", async () => {
    const cli = createCli();
    expect((await cli.run("env", "list")).stdout).toMatchInlineSnapshot(`
      "environment  tasks  reward  agent   tools  description
      code_gen         2  0 to 1  simple  none   Programming problems.
      "
    `);
    expect(JSON.parse((await cli.run("env", "list", "--json")).stdout)).toMatchObject({
      items: [{ name: "code_gen" }],
    });
    expect(cli.events).toEqual([]);
  });

  test("check", async () => {
    const cli = createCli();
    const good = await cli.run("env", "check", "code_gen", "--parallel", "3");
    expect(good.code).toBe(0);
    expect(good.stdout).toMatchInlineSnapshot(`
      "code_gen: 1 task, 2 checks, sandboxes: local

      checks     checked  as expected  problems
      reference        1            1         0
      hack             1            1         0

      ok: everything is judged as it should be
      "
    `);
    const bad = await cli.run("env", "check", "broken");
    expect(bad.code).toBe(1);
    expect(bad.stdout).toMatchInlineSnapshot(`
      "broken: 1 task, 2 checks, sandboxes: local

      checks     checked  as expected  problems
      reference        1            1         0
      hack             1            0         1

      problem  task dry-spell has no wrong fixture
      problem  dry-spell/hack-a: reward 1 instead of 0 (reward 1, m␛[2J)
      not ok: 2 problems
      "
    `);
    await cli.run("env", "check", "code_gen", "--task", "a,b", "--task", "c");
    expect(cli.events).toEqual(["check code_gen 3", "check broken default", "check code_gen a,b c default"]);
    const json = await cli.run("env", "check", "broken", "--json");
    expect(json.code).toBe(1);
    expect(JSON.parse(json.stdout)).toMatchObject({
      ok: false,
      provider: "local",
      checked: [{}, { problem: "reward 1 instead of 0" }],
    });
  });
});

describe("config", () => {
  test("print, with sources, secrets left out", async () => {
    const cli = createCli();
    writeFileSync(
      join(cli.directory, "sandlot.yaml"),
      "models:\n  m: { url: 'http://h/v1', model: n, api_key: hunter2 }\n",
    );
    cli.env = { SANDLOT_SERVER_PORT: "1234", SANDLOT_SERVER_PROT: "1" };
    const plain = await cli.run("config", "print");
    expect(plain.stderr).toBe("warning: SANDLOT_SERVER_PROT sets nothing; did you mean SANDLOT_SERVER_PORT?\n");
    expect(plain.stdout).toMatch(/^data_dir: <dir>\/\.sandlot\nserver\.host: 127\.0\.0\.1\nserver\.port: 1234\n/);
    const sourced = await cli.run("config", "print", "--sources", "--data-dir", "d");
    expect(sourced.stdout).toMatch(/^data_dir +<dir>\/d +--data-dir$/m);
    expect(sourced.stdout).toMatch(/^server\.port +1234 +SANDLOT_SERVER_PORT$/m);
    expect(sourced.stdout).toMatch(/^models\.m\.url +http:\/\/h\/v1 +sandlot\.yaml:2$/m);
    const json = await cli.run("config", "print", "--json");
    expect(JSON.parse(json.stdout)).toMatchObject({ warnings: [expect.stringContaining("PROT") as unknown] });
    for (const { stdout } of [plain, sourced, json]) expect(stdout).not.toContain("hunter2");
  });

  test("check", async () => {
    const cli = createCli();
    expect(await cli.run("config", "check")).toEqual({
      code: 0,
      stdout: "ok  no file, only defaults, variables and flags\n",
      stderr: "",
    });
    writeFileSync(join(cli.directory, "c.yaml"), "server: { prt: 1 }\n");
    const wrong = await cli.run("config", "check", "--config", "c.yaml");
    expect(wrong.code).toBe(2);
    expect(wrong.stderr).toMatch(/server\.prt: unknown key; did you mean port\? \(from c\.yaml:1\)/);
  });
});

describe("doctor", () => {
  const nothing = (detail: string) => ({ available: false, detail, facts: {} });

  test("a machine on which the demo runs", async () => {
    const { code, stdout } = await createCli().run("doctor");
    expect(code).toBe(0);
    const lines = stdout.split("\n");
    expect(lines[0]).toMatch(/^✓ ok {7}Node +\d+\./);
    expect(lines[1]).toBe("! warning  Docker engine    no Docker engine at /var/run/docker.sock: ENOENT");
    expect(lines[2]).toMatch(/^ +→ install Docker Engine/);
    expect(lines.slice(3, 6)).toEqual([
      "✓ ok       bubblewrap       0.8.0; limits per run only, no cgroup",
      "✓ ok       user namespaces  usable without privileges",
      "✓ ok       Python 3         3.11.2 (/usr/bin/python3)",
    ]);
    expect(stdout).toMatch(/data directory +<dir>\/\.sandlot \(will be made\)/);
    expect(stdout).toMatch(/models +none configured/);
    expect(stdout).toMatch(
      /\nThe provider auto takes local \(bubblewrap 0\.8\.0 works\), since Docker cannot be used: .*\n`sandlot demo` runs here\.\n$/,
    );
  });

  test("a machine without any provider", async () => {
    const cli = createCli();
    cli.reports = { docker: nothing("no Docker engine: ECONNREFUSED"), local: nothing("bubblewrap is not installed") };
    const { code, stdout } = await cli.run("doctor");
    expect(code).toBe(4);
    expect(stdout).toMatch(/✗ missing {2}Docker engine/);
    expect(stdout).toMatch(/✗ missing {2}bubblewrap {7}bubblewrap is not installed/);
    expect(stdout).toMatch(
      /No sandbox provider works here.*start the Docker engine.*or install bubblewrap.*\n.*does not run here yet/,
    );
    const json = JSON.parse((await cli.run("doctor", "--json")).stdout) as {
      ready: boolean;
      checks: { name: string }[];
    };
    expect(json.ready).toBe(false);
    expect(json.checks.find(({ name }) => name === "Docker engine")).toMatchObject({ state: "missing" });
  });

  test("an engine without the image of numerical programs", async () => {
    const cli = createCli();
    cli.reports = { ...cli.reports, docker: { available: true, detail: "engine 28 answers", facts: {} } };
    expect((await cli.run("doctor")).stdout).not.toContain("numerical");
    const numerical = { ...GO_IMAGE, name: "python-numerical" };
    cli.services.listImages = async () => [PYTHON_IMAGE, numerical];
    const { code, stdout } = await cli.run("doctor");
    expect(code).toBe(0);
    expect(stdout).toMatch(/! warning +numerical image +.*not built/);
    expect(stdout).toContain("→ `sandlot image build python-numerical`");
    cli.services.listImages = async () => [PYTHON_IMAGE, { ...numerical, built: true }];
    expect((await cli.run("doctor")).stdout).toMatch(/✓ ok +numerical image +python-numerical is built/);
    cli.services.listImages = async () => {
      throw new SandlotError("provider_unavailable", { provider: "docker", detail: "gone" });
    };
    expect((await cli.run("doctor")).code).toBe(0);
  });

  test("models that do not answer, a database that is not there, a locked directory", async () => {
    const cli = createCli();
    const yaml =
      "models: { m: { url: 'http://127.0.0.1:1/v1', model: n } }\ndatabase: { url: 'postgres://u:p@127.0.0.1:1/d' }\ndata_dir: .\n";
    writeFileSync(join(cli.directory, "sandlot.yaml"), yaml);
    writeFileSync(join(cli.directory, "lock"), JSON.stringify({ pid: process.pid }));
    const { code, stdout } = await cli.run("doctor");
    expect(code).toBe(4);
    expect(stdout).toMatch(/! warning +model m +model unreachable/);
    expect(stdout).toMatch(/✗ missing +database +127\.0\.0\.1:<port>: /);
    expect(stdout).toMatch(/! warning +data directory +<dir> is locked by process <pid>/);
  });
});
