import { beforeEach, expect, test } from "vitest";
import { type Cli, createCli } from "./support/harness.ts";

let cli: Cli;

beforeEach(async () => {
  cli = createCli();
  cli.jobs.script = ["pass", "wrong", "loop", "lost", "cut"];
  await cli.run("run", "code_gen", "--model-url", "http://127.0.0.1:9/v1", "--model", "m", "--repeats", "5");
  cli.events.length = 0;
});

test("list and show, on a server that plays nothing", async () => {
  expect((await cli.run("jobs")).stdout).toMatchInlineSnapshot(`
    "job    state      environment  model     done  masked  mean reward  created
    job_1  completed  code_gen     default  10/10       2         0.25  2025-01-01 00:00:00Z
    "
  `);
  expect(cli.events).toEqual(["server reads", "close 0"]);
  expect((await cli.run("jobs", "show", "job_1")).stdout).toMatchInlineSnapshot(`
    "job          job_1  completed in 41.0 s
    played       code_gen: 2 tasks × 5 attempts with the model default
    requested    10 = scored 6 + truncated 2 + masked 2
    outcomes     scored 6  truncated 2  model_error 0  sandbox_error 2
                 resource_error 0  verifier_error 0  timed_out 0  cancelled 0
    mean reward  0.25
    "
  `);
  const { items } = JSON.parse((await cli.run("jobs", "list", "--limit", "1", "--json")).stdout) as { items: object[] };
  expect(items).toMatchObject([{ id: "job_1", tally: { requested: 10, masked: 2 } }]);
  expect((await createCli().run("jobs")).stdout).toMatch(/^no jobs yet/);
});

test("watch a job that has ended: its table again, and JSON lines", async () => {
  const { code, stdout } = await cli.run("jobs", "watch", "job_1");
  expect(code).toBe(3);
  expect(stdout).toMatch(/^task .*\ndry-spell/);
  const lines = (await cli.run("jobs", "watch", "job_1", "--json")).stdout.trimEnd().split("\n");
  const types = lines.map((line) => (JSON.parse(line) as { type: string }).type);
  expect(types).toEqual([...Array.from({ length: 10 }, () => "rollout"), "end"]);
});

test("a job that nobody plays stands still, and can be cancelled", async () => {
  cli.jobs.holdAfter = 1;
  cli.jobs.onHold = () => cli.signals.emit("SIGINT");
  const cancel = cli.jobs.cancel.bind(cli.jobs);
  cli.jobs.cancel = () => Promise.reject(new Error("not now"));
  await cli.run("run", "code_gen", "--model-url", "http://127.0.0.1:9/v1", "--model", "m");
  const stands = await cli.run("jobs", "watch", "job_2");
  expect(stands.code).toBe(4);
  expect(stands.stderr).toMatch(/no server runs over this data directory, so the job stands still/);
  cli.jobs.cancel = cancel;
  const cancelled = await cli.run("jobs", "cancel", "job_2");
  expect(cancelled.code).toBe(0);
  expect(cancelled.stdout).toMatch(/^job +job_2 {2}cancelled/);
  const again = await cli.run("jobs", "cancel", "job_2");
  expect(again.code).toBe(2);
  expect(again.stderr).toMatch(/error job_ended/);
});

test("rollouts list", async () => {
  expect((await cli.run("rollouts", "list", "--job", "job_1")).stdout).toMatchInlineSnapshot(`
    "rollout  task         try  outcome             reward  reason          time
    rol_1    dry-spell      1  scored                   1                100 ms
    rol_2    dry-spell      2  scored                   0  wrong_answer  200 ms
    rol_3    dry-spell      3  scored                   0  time_limit    300 ms
    rol_4    dry-spell      4  sandbox_error            –  sandbox_lost       –
    rol_5    dry-spell      5  truncated (length)       0  wrong_answer  500 ms
    rol_6    ferry-route    1  scored                   1                600 ms
    rol_7    ferry-route    2  scored                   0  wrong_answer  700 ms
    rol_8    ferry-route    3  scored                   0  time_limit    800 ms
    rol_9    ferry-route    4  sandbox_error            –  sandbox_lost       –
    rol_10   ferry-route    5  truncated (length)       0  wrong_answer   1.0 s
    "
  `);
  const masked = await cli.run(
    "rollouts",
    "list",
    "--job",
    "job_1",
    "--outcome",
    "sandbox_error,truncated",
    "--limit",
    "3",
  );
  expect(masked.stdout.trimEnd().split("\n")).toHaveLength(5);
  expect(masked.stdout).toMatch(/\(the first 3 rollouts; --limit shows more\)/);
  const wrong = await cli.run("rollouts", "list", "--job", "job_1", "--outcome", "scord");
  expect(wrong.code).toBe(2);
  expect(wrong.stderr).toMatch(/--outcome: scord is no outcome; did you mean scored\?/);
});

test("rollouts show: a failure, with everything that a terminal would obey made visible", async () => {
  const { stdout } = await cli.run("rollouts", "show", "rol_2");
  // oxlint-disable-next-line no-control-regex
  expect(stdout).not.toMatch(/[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u202e]/);
  expect(stdout).toMatchInlineSnapshot(`
    "rollout   rol_2
    job       job_1
    task      code_gen / dry-spell, attempt 2 of its group
    outcome   scored
    reward    0
    reason    wrong_answer: test 2 of 3: line 1 differs: "␛]0;owned␇1 0" instead of "0 0"
    time      200 ms (model 12 ms, tools 0 ms, verification 80 ms)
    ended     2025-01-01 00:00:02Z
    sandbox   local, mode B, python@3.13.5

    ── prompt ──
        Find the dry spell.␇

    ── answer ──
        Days are scanned once.␛[1A

        \`\`\`python
        print('3 4')
        \`\`\`

    ── extracted code ──
        print('3 4')

    ── tests: 1 of 3 passed ──
      test  status          cpu   wall   memory  message
         1  passed        20 ms  31 ms  9.0 MiB
         2  wrong_answer  20 ms  31 ms  9.0 MiB  line 1 differs: "␛]0;owned␇1 0" instead of "0 0"
      (1 test not run: the first failure ends it)

    ── first failure: test 2 ──
      input
        7
        0 0 3 0
      expected
        0 0
      output
        ␛[2J␛]0;owned␇1 0␍
      stderr
        warning: <U+202E>gnp.exe
      evidence  a file named result.json was already there
    "
  `);
});

test("rollouts show: one that was lost, with its attempts", async () => {
  expect((await cli.run("rollouts", "show", "rol_4")).stdout).toMatchInlineSnapshot(`
    "rollout   rol_4
    job       job_1
    task      code_gen / dry-spell, attempt 4 of its group
    outcome   sandbox_error (masked: not for training)
    reward    –
    reason    sandbox_lost
    ended     2025-01-01 00:00:04Z
    attempts  2

    ── prompt ──
        Find the dry spell.␇

    ── attempts ──
      attempt  outcome                      took  error
            1  sandbox_error, tried again  1.5 s  sandbox lost: the agent ended␛[0m
            2  sandbox_error               1.5 s  sandbox lost: the agent ended␛[0m
    "
  `);
});

test("rollouts show as JSON is the record", async () => {
  const { stdout } = await cli.run("rollouts", "show", "rol_2", "--json");
  expect(JSON.parse(stdout)).toMatchObject({ id: "rol_2", verdict: { reason: "wrong_answer" } });
});
