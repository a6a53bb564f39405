import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, it } from "vitest";
import { composeEnvironments, type SandboxServices } from "../../src/compose/environments.ts";
import { loadConfig } from "../../src/config/index.ts";
import { systemClock } from "../../src/core/clock.ts";
import { rootContext } from "../../src/core/context.ts";
import { responseOf, verifyResponse } from "../../src/resources/index.ts";
import type { RunLimits } from "../../src/sandbox/index.ts";
import { unanswered } from "../../src/verification/index.ts";

const MIB = 1 << 20;
const root = await mkdtemp(join(tmpdir(), "sandlot-limits-"));
afterAll(() => rm(root, { recursive: true, force: true }));

const MANIFEST = `
name: limits
description: Says of its sandboxes what it wants to.
licence: Apache-2.0
resource: resource.mjs
datasets: [{ name: tasks, path: tasks.jsonl }]
sandboxes:
  stated: { image: python, memory_mb: 300, scratch_mb: 20, processes: 9 }
  left-open: { image: java }
`;
const RESOURCE = `
const row = { safeParse: (value) => ({ success: true, data: value }), parse: (value) => value };
export default {
  row,
  verify: (ctx, { row: { task_id, limits }, services }) =>
    limits
      ? services.verify(ctx, task_id, { code: "", language: "python", tests: { kind: "cases", cases: [] }, limits })
      : services.verifyAnswer(ctx, task_id, { text: "", expected: ["1"], extraction: "boxed", timeoutSeconds: 1 }),
};
`;

/** The limits with which the environment has a program judged, or an answer, where no limits are given. */
async function limitsOf(sandbox: string, limits?: Partial<RunLimits>): Promise<Partial<RunLimits>> {
  await mkdir(join(root, "limits"), { recursive: true });
  await writeFile(join(root, "limits", "environment.yaml"), MANIFEST);
  await writeFile(join(root, "limits", "resource.mjs"), RESOURCE);
  await writeFile(join(root, "limits", "tasks.jsonl"), "");
  const seen: Partial<RunLimits>[] = [];
  const judge = async (_: unknown, submission: { readonly limits: Partial<RunLimits> }) => {
    seen.push(submission.limits);
    return unanswered("nothing is run here", 1);
  };
  const sandboxes = { verification: { verify: judge, verifyAnswer: judge } } as unknown as SandboxServices;
  const flags = [{ path: ["environments", "paths"], value: [root], flag: "--environments.paths" }];
  const { config } = loadConfig({ env: {}, workingDirectory: root, flags });
  const environment = await composeEnvironments(config, sandboxes).get("limits");
  const value = { task_id: sandbox, responses_create_params: { input: "" }, ...(limits && { limits }) };
  const row = { raw: JSON.stringify(value), value };
  await verifyResponse(rootContext(), { environment, row, response: responseOf("x"), clock: systemClock });
  return seen[0] ?? expect.unreachable("nothing was submitted");
}

it("runs programs within what environment.yaml says, but for what they say themselves", async () => {
  const stated = { memoryBytes: 300 * MIB, diskBytes: 20 * MIB, processes: 9, outputBytes: 16 * MIB };
  expect(await limitsOf("stated", { cpuMs: 1_000 })).toEqual({ ...stated, cpuMs: 1_000 });
  expect(await limitsOf("stated", { memoryBytes: MIB, outputBytes: 5 })).toEqual({
    ...stated,
    memoryBytes: MIB,
    outputBytes: 5,
  });
});

it("leaves to the image what environment.yaml leaves open", async () => {
  expect(await limitsOf("left-open", { cpuMs: 1_000 })).toEqual({ cpuMs: 1_000, outputBytes: 16 * MIB });
  expect(await limitsOf("left-open")).toEqual({});
});

it("compares answers within what environment.yaml says", async () => {
  expect(await limitsOf("stated")).toEqual({ memoryBytes: 300 * MIB, diskBytes: 20 * MIB, processes: 9 });
});
