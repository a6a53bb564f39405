import { expect, test } from "vitest";
import { buildProgram } from "../../src/cli/program.ts";
import { createCli } from "./support/harness.ts";

test("without a command, the help is the answer, with the exit codes", async () => {
  const { code, stdout, stderr } = await createCli().run();
  expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
  expect(stdout).toMatch(/^Usage: sandlot \[options\] \[command\]/);
  expect(stdout).toMatch(/3 {4}finished, but some rollouts were masked/);
  const help = await createCli().run("help", "run");
  expect(help.stdout).toMatch(/^Usage: sandlot run \[options\] <environment>/);
  expect(help.stdout).toMatch(/Global Options:[^]*--data-dir/);
});

test("the version", async () => {
  expect(await createCli().run("--version")).toEqual({ code: 0, stdout: "0.0.0-test\n", stderr: "" });
});

test.each([
  [["jbos"], /unknown command 'jbos'\n\(Did you mean jobs\?\)/],
  [["rollouts", "shwo", "x"], /unknown command 'shwo'\n\(Did you mean show\?\)/],
  [["run", "code_gen", "--repeat", "3"], /unknown option '--repeat'\n\(Did you mean --repeats\?\)/],
  [["run"], /missing required argument 'environment'/],
  [
    ["run", "code_gen", "--repeats", "0"],
    /'--repeats <number>' argument '0' is invalid. Expected a whole number from 1 on/,
  ],
  [["serve", "--provider", "podman"], /Allowed choices are auto, docker, local/],
  [["rollouts", "list"], /required option '--job <id>' not specified/],
])("%j is refused", async (argv, message) => {
  const cli = createCli();
  const { code, stdout, stderr } = await cli.run(...argv);
  expect({ code, stdout }).toEqual({ code: 2, stdout: "" });
  expect(stderr).toMatch(message);
  expect(cli.events).toEqual([]);
});

test("a command without its subcommand shows its help, as wrong usage", async () => {
  const { code, stdout, stderr } = await createCli().run("rollouts");
  expect({ code, stdout }).toEqual({ code: 2, stdout: "" });
  expect(stderr).toMatch(/^Usage: sandlot rollouts/);
});

test("wrong usage and errors as JSON, and nothing else on standard output", async () => {
  const usage = await createCli().run("--json", "run", "e", "--modle", "x");
  expect(usage.code).toBe(2);
  expect(JSON.parse(usage.stdout)).toMatchObject({
    error: { code: "invalid_request", message: expect.stringContaining("--model?") as unknown },
  });
  const failed = await createCli().run("jobs", "show", "job_9", "--json");
  expect(failed.code).toBe(2);
  expect(JSON.parse(failed.stdout)).toMatchObject({ error: { code: "not_found", context: { id: "job_9" } } });
  expect(failed.stderr).toBe("starting the embedded database …\n");
});

test("errors name code, message and hint on standard error", async () => {
  const { code, stdout, stderr } = await createCli().run("jobs", "show", "job_9\u202e");
  expect({ code, stdout }).toEqual({ code: 2, stdout: "" });
  expect(stderr).toBe(
    "starting the embedded database …\nerror not_found: kind job, id job_9<U+202E>\n  Check the id; other tenants' objects are never shown.\n",
  );
});

test("a server that is named and does not answer is exit code 4", async () => {
  const cli = createCli();
  const { code, stderr } = await cli.run("jobs", "--url", "http://127.0.0.1:1");
  expect(code).toBe(4);
  expect(stderr).toMatch(/error server_unreachable: .*127\.0\.0\.1/);
  cli.env = { SANDLOT_URL: "http://127.0.0.1:1" };
  expect((await cli.run("jobs")).code).toBe(4);
  expect(cli.events).toEqual([]);
});

test("the program can be built for its own sake", () => {
  const cli = createCli();
  const program = buildProgram({
    services: cli.services,
    stdout: { write: () => true },
    stderr: { write: () => true },
    stdin: (async function* empty() {})(),
    signals: cli.signals,
    env: {},
    workingDirectory: cli.directory,
    version: "1",
  });
  const names = program.commands.map((command) => command.name());
  expect(names).toEqual([
    "demo",
    "run",
    "serve",
    "worker",
    "jobs",
    "rollouts",
    "samples",
    "rescore",
    "env",
    "verify",
    "sandbox",
    "pool",
    "image",
    "model",
    "doctor",
    "config",
  ]);
});
