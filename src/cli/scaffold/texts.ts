import type { ScaffoldKind } from "./task.ts";

const JUDGED_BY: Readonly<Record<ScaffoldKind, string>> = {
  stdin: "what it prints",
  function: "what its function returns",
  assertions: "tests that assert by themselves",
};

/** `environment.yaml` */
export function manifestText(name: string, kind: ScaffoldKind): string {
  return `name: ${name}
description: Python programs, judged by ${JUDGED_BY[kind]}.
licence: Apache-2.0
agent: simple
resource: resource.ts
reward_range: [0, 1]
datasets:
  - { name: tasks, path: data/tasks.jsonl }
sandboxes:
  candidate: { image: python, memory_mb: 256, scratch_mb: 32, processes: 32 }
limits: { turns: 1 }
config: { time_seconds: 5 }
`;
}

const CASES_ROW = `  verifier_metadata: z.looseObject({
    unit_tests: GymUnitTests,
    limits: Limits.optional(),
  }),`;
const ASSERTIONS_ROW = `  verifier_metadata: z.looseObject({
    entry_point: z.string().min(1),
    /** Python that defines \`check(candidate)\`; it runs apart from the program that it judges. */
    test: z.string().min(1),
    limits: Limits.optional(),
  }),`;

/** `resource.ts` */
export function resourceText(kind: ScaffoldKind): string {
  const cases = kind !== "assertions";
  const names = cases ? "defineResource, GymUnitTests, testsOf" : "defineResource";
  const tests = cases
    ? `{ kind: "cases", cases: testsOf(metadata.unit_tests) }`
    : `{ kind: "assertions", style: "check", source: metadata.test, entryPoint: metadata.entry_point }`;
  return `import { ${names} } from "sandlot";
import type { Tests, Verdict } from "sandlot";
import { z } from "zod";

const Limits = z.looseObject({ time_seconds: z.number().positive().max(600) });

/** A row of data/tasks.jsonl. Rows that do not fit are refused when a job is submitted. */
const Row = z.looseObject({
${cases ? CASES_ROW : ASSERTIONS_ROW}
});

const Config = z.looseObject({ time_seconds: z.number().positive() });

export default defineResource({
  row: Row,

  /** What is thrown here is a fault of the environment's (resource_error), never a reward. */
  async verify(ctx, { row, manifest, services, answer }): Promise<Verdict> {
    const metadata = row.verifier_metadata;
    const tests: Tests = ${tests};
    const seconds = metadata.limits?.time_seconds ?? Config.parse(manifest.config).time_seconds;
    const limits = { cpuMs: seconds * 1000, wallMs: 2 * seconds * 1000 + 1000 };
    return services.verify(ctx, "candidate", { code: { answer }, language: "python", tests, limits });
  },
});
`;
}

/** `README.md` */
export function readmeText(name: string, kind: ScaffoldKind): string {
  const tests =
    kind === "assertions"
      ? "| `verifier_metadata.entry_point`, `.test` | the function's name; Python that defines `check(candidate)` |"
      : `| \`verifier_metadata.unit_tests\` | \`inputs\` and \`outputs\`, equally many strings${kind === "function" ? ", and `fn_name`" : ""} |`;
  return `# ${name}

Python programs, judged by ${JUDGED_BY[kind]}. Reward 1 when every test passes, else 0.

| part of a row | meaning |
| --- | --- |
| \`task_id\` | name of the task |
| \`responses_create_params.input\` | the prompt |
${tests}
| \`verifier_metadata.limits.time_seconds\` | processor time of one test |

\`fixtures/<task_id>/\` holds answers to each task; the first word of a file's name says what has to come out:
\`reference\` and \`honest-*\` score 1; \`wrong-*\`, \`crash-*\`, \`loop-*\`, \`memory-*\`, \`flood-*\` and \`hack-*\` score 0.

\`\`\`sh
sandlot env check ${name}
sandlot verify ${name} --task TASK --answer answer.py
sandlot run ${name} --model-url http://127.0.0.1:8000/v1 --model NAME --repeats 4
\`\`\`
`;
}
