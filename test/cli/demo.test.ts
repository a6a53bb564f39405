import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { SandlotError } from "../../src/core/errors/sandlot-error.ts";
import { createCli } from "./support/harness.ts";

test("the first thing that a newcomer sees", async () => {
  const cli = createCli();
  // A model that is configured is not asked: the demo shows the same to everybody.
  writeFileSync(join(cli.directory, "sandlot.yaml"), "models: { default: { url: 'http://h/v1', model: m } }\n");
  cli.jobs.script = ["pass", "wrong", "loop", "lost"];
  const { code, stdout, stderr } = await cli.run("demo");
  expect(code).toBe(3);
  expect(stderr).toBe("starting the embedded database …\n");
  expect(stdout).toMatchInlineSnapshot(`
    "Sandlot demo: environment code_gen, 2 tasks, 4 attempts each, every program in a local sandbox (bubblewrap).
    The model is the built-in replay model: recorded attempts, right and wrong, crashing, looping, memory-hungry, flooding and cheating.

    task         attempts  passed  mean reward  median time  outcomes                 failed for
    dry-spell           4    33 %        0.333       200 ms  scored 3, sandbox_error  wrong_answer, time_limit, sandbox_lost
    ferry-route         4    33 %        0.333       600 ms  scored 3, sandbox_error  wrong_answer, time_limit, sandbox_lost

    recorded as  rollouts  worth
    right               8  reward 0 or 1, or masked

    failed for    rollouts  worth
    wrong_answer         2  all scored 0       wrong answers
    time_limit           2  all scored 0       endless or slow: stopped at the time limit
    sandbox_lost         2  masked, no reward

    job          job_1  completed in 41.0 s
    played       code_gen: 2 tasks × 4 attempts with the model default (replay, not for training)
    requested    8 = scored 6 + truncated 0 + masked 2
    outcomes     scored 6  truncated 0  model_error 0  sandbox_error 2
                 resource_error 0  verifier_error 0  timed_out 0  cancelled 0
    mean reward  0.333
    records      <dir>/.sandlot/demo

    Try next
      one rollout that failed for time_limit: its program, and each test
        sandlot rollouts show rol_3 --data-dir .sandlot/demo
      your own program for the task dry-spell
        sandlot demo --task dry-spell --answer program.py
      your own model, kept as JSON lines
        sandlot run code_gen --model-url http://127.0.0.1:<port>/v1 --repeats 4 --out rollouts.jsonl
    "
  `);
  expect(cli.events).toEqual(["replay code_gen", "server plays", "close 20000", "replay stopped"]);
  expect(cli.started[0]).toMatchObject({
    data_dir: join(cli.directory, ".sandlot", "demo"),
    models: { default: { url: "http://127.0.0.1:9/v1", model: "replay", replay: true } },
  });
  expect(cli.jobs.incoming[0]?.submission).toMatchObject({
    repeats: 4,
    tasks: { task_ids: ["dry-spell", "ferry-route"] },
  });
});

test("as JSON: one document", async () => {
  const cli = createCli();
  const { code, stdout } = await cli.run("demo", "--json", "--repeats", "2", "--data-dir", "d");
  expect(code).toBe(0);
  expect(JSON.parse(stdout)).toMatchObject({ job: { tally: { requested: 4 } }, tasks: [{}, {}] });
  expect(cli.started[0]?.data_dir).toBe(join(cli.directory, "d"));
});

test("the user's own program: only its task, and the rollout itself", async () => {
  const cli = createCli();
  writeFileSync(join(cli.directory, "p.py"), "print(1)\n\n");
  cli.jobs.script = ["wrong"];
  const { code, stdout } = await cli.run("demo", "--task", "dry-spell", "--answer", "p.py");
  expect(code).toBe(0);
  expect(cli.events[0]).toBe('replay code_gen {"task":"dry-spell","text":"```python\\nprint(1)\\n```"}');
  expect(cli.jobs.incoming[0]?.submission).toMatchObject({ repeats: 1, tasks: { task_ids: ["dry-spell"] } });
  expect(stdout).toMatch(/it answers with your program\.\n\nrollout {3}rol_1\n/);
  expect(stdout).toMatch(/── first failure: test 2 ──/);
  cli.stdin = "Like so:\n```\nx\n```";
  await cli.run("demo", "--task", "dry-spell", "--answer", "-");
  expect(cli.events).toContain(`replay code_gen ${JSON.stringify({ task: "dry-spell", text: cli.stdin })}`);
});

test("a real endpoint, by option or by OPENAI_ variables", async () => {
  const cli = createCli();
  const url = "http://127.0.0.1:9/v1";
  const { stdout } = await cli.run("demo", "--model-url", url, "--model", "qwen");
  expect(stdout).toMatch(/code_gen, 2 tasks, 4 attempts each/);
  expect(stdout).toMatch(/The model is qwen at http/);
  expect(cli.jobs.incoming[0]?.submission.tasks).toEqual({});
  cli.env = { OPENAI_BASE_URL: url, OPENAI_MODEL: "gpt", OPENAI_API_KEY: "sk" };
  expect((await cli.run("demo")).stdout).toMatch(/The model is gpt at/);
  expect(cli.started[1]?.models).toMatchObject({ default: { model: "gpt", api_key: "sk" } });
  expect(cli.events.filter((event) => event.startsWith("replay"))).toEqual([]);
});

test.each([
  [["--answer", "p.py"], /--answer: needs --task/],
  [["--task", "t", "--answer", "p", "--model-url", "http://h"], /takes the place of a model/],
  [["--task", "t", "--answer", "p", "--repeats", "2"], /--repeats: has no use/],
  [["--model", "m"], /--model: needs --model-url/],
  [["--task", "dry-spel"], /error unknown_task: name dry-spel, nearest dry-spell/],
])("%j is refused", async (argv, message) => {
  const cli = createCli();
  const { code, stderr } = await cli.run("demo", ...argv);
  expect(code).toBe(2);
  expect(stderr).toMatch(message);
  expect(cli.started).toEqual([]);
});

test("no provider: nothing runs, and the user is told what to install", async () => {
  const cli = createCli();
  cli.reports = {
    docker: { available: false, detail: "ENOENT", facts: {} },
    local: { available: false, detail: "bubblewrap is not installed", facts: {} },
  };
  cli.startFailure = new SandlotError("provider_unavailable", { provider: "auto", detail: "no engine; no bubblewrap" });
  const { code, stdout, stderr } = await cli.run("demo");
  expect({ code, stdout }).toEqual({ code: 4, stdout: "" });
  expect(stderr).toMatchInlineSnapshot(`
    "starting the embedded database …
    error provider_unavailable: provider auto, no engine; no bubblewrap
      \`sandlot doctor\` says what this machine lacks for sandboxes.
      No sandbox provider works here, and nothing is ever run outside of a sandbox: install Docker Engine (https://docs.docker.com/engine/install/) and start it; or install bubblewrap 0.7 or newer and Python 3.9 or newer (Debian, Ubuntu: apt-get install bubblewrap python3; Fedora: dnf install bubblewrap python3; Alpine: apk add bubblewrap python3).
    "
  `);
  expect(cli.events).toEqual(["replay code_gen", "replay stopped"]);
});
