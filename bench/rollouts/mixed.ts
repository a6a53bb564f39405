import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { cliServices } from "../../src/compose/services.ts";
import { loadConfig } from "../../src/config/index.ts";
import { createClient } from "../../src/client/index.ts";
import { silentLogger } from "../../src/core/logger.ts";

export interface MixedOptions {
  readonly rollouts: number;
  readonly inFlight: number;
  readonly provider: string;
}

/**
 * Recorded behaviour of code_gen in this process: right, wrong, crashing, looping, memory-hungry, flooding and cheating answers.
 * Prints counts, rates, memory over time and what is left behind.
 */
export async function mixed({ rollouts: wanted, inFlight, provider }: MixedOptions): Promise<void> {
  const dataDir = mkdtempSync(join(tmpdir(), "sandlot-bench-"));

  const flag = (path: string, value: unknown) => ({ flag: `--${path}`, path: path.split("."), value });
  const base = loadConfig({ env: {}, workingDirectory: dataDir }).config;
  const replay = await cliServices.startReplay(base, "code_gen", null);
  const { config } = loadConfig({
    env: {},
    workingDirectory: dataDir,
    flags: [
      flag("data_dir", dataDir),
      flag("server.port", 0),
      flag("sandbox.provider", provider),
      flag("worker.concurrency", inFlight),
      flag("models.default.url", replay.url),
      flag("models.default.model", replay.model),
      flag("models.default.replay", true),
      flag("models.default.api", "responses"),
    ],
  });
  const server = await cliServices.startServer({ config, logger: silentLogger });
  const client = createClient({ url: server.url });
  const installation = () =>
    execFileSync("docker", ["ps", "-aq", "--filter", "label=sandlot.installation"])
      .toString()
      .split("\n")
      .filter(Boolean);

  const tasks = Array.from(replay.tasks.keys());
  const repeats = Math.ceil(wanted / tasks.length);
  const startedAt = performance.now();
  const cpuBefore = process.cpuUsage();
  const job = await client.submitJob({ environment: "code_gen", tasks: { task_ids: tasks }, repeats });
  const memory: number[] = [];
  let done = 0;
  for await (const event of client.jobEvents(job.id)) {
    if (event.type === "rollout" && ++done % 100 === 0) {
      const rss = process.memoryUsage.rss() / 2 ** 20;
      memory.push(Math.round(rss));
      console.log(
        `${done} rollouts, ${(done / ((performance.now() - startedAt) / 1000)).toFixed(1)}/s, ${rss.toFixed(0)} MiB`,
      );
    }
    if (event.type === "end") break;
  }
  const seconds = (performance.now() - startedAt) / 1000;
  const cpu = process.cpuUsage(cpuBefore);
  const { tally, mean_reward } = await client.getJob(job.id);
  await client.close();
  await server.close(1000);
  await replay.stop();
  const left = provider === "docker" ? installation().length : 0;
  rmSync(dataDir, { recursive: true, force: true });

  console.log(`provider            ${server.provider ?? "none"}`);
  console.log(`requested           ${tally.requested}`);
  console.log(`scored              ${tally.scored}   truncated ${tally.truncated}   masked ${tally.masked}`);
  console.log(`accounts for all    ${tally.requested === tally.scored + tally.truncated + tally.masked}`);
  console.log(`mask rate           ${tally.masked / tally.requested}`);
  console.log(`mean reward         ${mean_reward}`);
  console.log(
    `rollouts per second ${(tally.requested / seconds).toFixed(1)} (${inFlight} in flight, loops of 2 s processor time among them)`,
  );
  console.log(
    `own CPU per rollout ${((cpu.user + cpu.system) / 1000 / tally.requested).toFixed(2)} ms (server, worker and client; without sandboxes and database)`,
  );
  console.log(`memory              ${memory.join(", ")} MiB (each 100 rollouts)`);
  console.log(`containers left     ${left}`);
  if (tally.masked > 0 || left > 0) process.exitCode = 1;
}
