import { SandlotError } from "../../core/errors/sandlot-error.ts";
import type { InputFile } from "../../sandbox/index.ts";
import { PROJECT_TESTS } from "../harness/index.ts";
import type { ProjectTests, Program } from "../submission.ts";
import { judgeSharedProcess } from "./counter-check/judge-shared-process.ts";
import { planCounterCheck, type Variant } from "./counter-check/plan.ts";
import type { Judgement, Runs } from "./judgement.ts";
import { layOver } from "./project-tree.ts";

/** The image that has pytest. */
const IMAGE = "python-numerical";
const FOLDER = "project";

/** Runs pytest over the candidate's project with the trusted files laid over it, and counter-checks what passes. */
export async function judgeProject(runs: Runs, program: Program<ProjectTests>): Promise<Judgement> {
  const { limits, project = {}, tests, image = IMAGE } = program;
  const paths = trustedPaths(program.resource, tests);
  const tree = layOver(project, tests.files);
  if (tree.problem !== null) return unfit(tree.problem, tests.expected.length);
  const sources = paths.map((path) => ({ path, text: tests.files[path] ?? "" }));
  const plan = await planCounterCheck(runs, { style: "pytest", sources, names: [], expected: tests.expected, image });
  const options = { files: paths, ids: tests.expected, config: tests.config ?? null };
  const common = [
    ...PROJECT_TESTS.files,
    { path: "tests.json", data: Buffer.from(JSON.stringify(options)) },
    ...[...tree.files].filter(([path]) => !paths.includes(path)).map(([path, text]) => fileOf(path, text)),
  ];
  const judgement = await judgeSharedProcess(runs, {
    plan,
    request: { language: "python", image, limits, code: PROJECT_TESTS.code, files: common },
    filesOf: ({ sources: texts }: Variant) => texts.map(({ path, text }) => fileOf(path, text)),
  });
  const cases = judgement.cases.map((verdict) => ({ ...verdict, evidence: [...tree.evidence, ...verdict.evidence] }));
  return { ...judgement, cases };
}

/** Files of the expected tests. Throws `resource_failed` when one of them is not trusted, or none is expected. */
function trustedPaths(resource: string, { expected, files, config }: ProjectTests): string[] {
  const refused = (detail: string) => new SandlotError("resource_failed", { environment: resource, detail });
  if (expected.length === 0) throw refused("tests.expected: name the tests that have to pass");
  const paths = [...new Set(expected.map((id) => id.split("::", 1)[0] ?? ""))];
  const missing = paths.find((path) => !Object.hasOwn(files, path));
  if (missing !== undefined) throw refused(`tests.expected: ${missing} is not among tests.files`);
  if (config !== undefined && !Object.hasOwn(files, config))
    throw refused(`tests.config: ${config} is not among tests.files`);
  return paths;
}

/** Of a project that cannot be laid out. */
function unfit(message: string, tests: number): Judgement {
  const nothing = { times: null, memory_peak_bytes: null, input: null, expected: null, output: null, stderr: null };
  const verdict = { index: 0, id: null, status: "disk_limit" as const, message, evidence: [], ...nothing };
  return { cases: [verdict], tests, isolation: "shared", sandbox: null };
}

function fileOf(path: string, text: string): InputFile {
  return { path: `${FOLDER}/${path}`, data: Buffer.from(text) };
}
