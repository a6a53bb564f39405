import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { until } from "../server/support/serve.ts";
import { createCli } from "./support/harness.ts";

const RUN = ["run", "code_gen", "--model-url", "http://127.0.0.1:9/v1", "--model", "m", "--repeats", "4"];

test("Ctrl-C cancels the job, waits for it, and keeps what has finished", async () => {
  const cli = createCli();
  cli.jobs.holdAfter = 3;
  cli.jobs.onHold = () => cli.signals.emit("SIGINT");
  const { code, stdout, stderr } = await cli.run(...RUN, "--out", "out.jsonl");
  expect(code).toBe(130);
  expect(stderr).toMatch(/cancelling the job; what has finished is kept/);
  expect(stdout).toMatchInlineSnapshot(`
    "task       attempts  passed  mean reward  median time  outcomes             failed for
    dry-spell         4    33 %        0.333       200 ms  scored 3, cancelled  wrong_answer, time_limit
    (1 task cancelled before an attempt ended)

    job          job_1  cancelled in 41.0 s
    played       code_gen: 2 tasks × 4 attempts with the model default
    requested    8 = scored 3 + truncated 0 + masked 5
    outcomes     scored 3  truncated 0  model_error 0  sandbox_error 0
                 resource_error 0  verifier_error 0  timed_out 0  cancelled 5
    mean reward  0.333
    records      <dir>/out.jsonl (8 lines)
    rollouts     sandlot rollouts list --job job_1
    "
  `);
  const lines = readFileSync(join(cli.directory, "out.jsonl"), "utf8").trimEnd().split("\n");
  const outcomes = lines.map((line) => (JSON.parse(line) as { outcome: string }).outcome);
  expect(outcomes).toEqual(["scored", "scored", "scored", ...Array.from({ length: 5 }, () => "cancelled")]);
  expect(cli.events).toEqual(["server plays", "close 20000"]);
});

test("a second one quits while the cancellation hangs", async () => {
  const cli = createCli();
  cli.jobs.holdAfter = 3;
  cli.jobs.onHold = () => cli.signals.emit("SIGINT");
  cli.jobs.cancel = () => new Promise(() => cli.signals.emit("SIGINT"));
  expect((await cli.run(...RUN)).code).toBe(130);
});

test("a cancellation that fails ends the command with its error", async () => {
  const cli = createCli();
  cli.jobs.holdAfter = 3;
  cli.jobs.onHold = () => cli.signals.emit("SIGINT");
  cli.jobs.cancel = () => Promise.reject(new Error("disk full"));
  const { code, stderr } = await cli.run(...RUN);
  expect(code).toBe(1);
  expect(stderr).toMatch(/error internal/);
});

test("watching leaves the job alone", async () => {
  const cli = createCli();
  cli.jobs.holdAfter = 1;
  const server = cli.start("serve", "--port", "0", "--model-url", "http://127.0.0.1:9/v1", "--model", "m");
  await until(() => server.written.stdout !== "");
  await cli.run("run", "code_gen", "--detach");
  // Both commands of this process get the signal; the server takes it last.
  cli.jobs.onHold = () => cli.signals.emit("SIGINT");
  const watch = await cli.run("jobs", "watch", "job_1");
  expect(watch.code).toBe(130);
  await server.ended;
  expect((await cli.run("jobs", "show", "job_1")).stdout).toMatch(/requested {4}2 = scored 1 .* queued 1/);
});
