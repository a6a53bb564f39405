import { extname } from "node:path";
import type {
  ImageCatalogue,
  ImageLanguage,
  InputFile,
  Program,
  ResolvedLanguage,
  RunLimits,
  SandboxMode,
  SandboxSpec,
} from "../../sandbox/index.ts";
import type { ExecutionRequest } from "../service.ts";
import { type ResourceClass, smallestClass } from "./classes.ts";
import type { CompilePlan } from "./compile-plan.ts";
import { CASE_LIMITS, COMPILE_LIMITS, fitted, manifestLimits, requestLimits } from "./limits.ts";
import { environment, filledIn } from "./placeholders.ts";
import { refusal } from "./refusal.ts";
import { joinedLanguage, sumOf, type TestsPlan, testsPlan } from "./tests-plan.ts";
import { checkInputs, checkTexts, isWithin, RUN_BYTES } from "./workspace.ts";

/** What sandboxes are made of, and the defaults of requests. */
export interface PlanOptions {
  /** The smallest first; at least one. */
  readonly classes: readonly ResourceClass[];
  /** Slots of a sandbox; the largest classes may have fewer. */
  readonly slots: number;
  /** Cores of a sandbox. */
  readonly cpus: number;
  readonly mode: SandboxMode | "auto";
  readonly runtime: string;
}

/** A request, worked out: where it runs and what each run is. */
export interface Plan {
  readonly language: string;
  readonly image: string;
  readonly spec: SandboxSpec;
  readonly compile: CompilePlan | null;
  readonly limits: RunLimits;
  readonly tests: TestsPlan | null;
  readonly env: Readonly<Record<string, string>>;
  /** In the workspace of every case, beside what the compiler leaves. */
  readonly files: readonly InputFile[];
  readonly keepBytes: number;
  /** Cases at once. */
  readonly parallel: number;
  readonly program: (args: readonly string[] | undefined) => Program;
}

const MAX_CASES = 10_000;
/** Room for what a compiler leaves: at least, and at most, since it is kept here until the last case has begun. */
const ARTEFACT_BYTES = { least: 16 << 20, most: 32 << 20 };
const KEEP_BYTES = 1 << 20;
/** Output and files of all cases of a request, as far as they are kept: at most, and of output by default. */
const ANSWER_BYTES = 512 << 20;
const DEFAULT_ANSWER_BYTES = 64 << 20;
const RUNTIME = /^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$/;

/** Works a request out; throws `unknown_language`, `unknown_image`, or `invalid_request` naming a field. */
export function planOf(
  tenant: string,
  request: ExecutionRequest,
  catalogue: ImageCatalogue,
  options: PlanOptions,
): Plan {
  const resolved = joinedLanguage(catalogue.resolve(request.language, request.image), request);
  const { name, language, image } = resolved;
  const keepBytes = checkCases(request);
  checkTexts(request);
  const room = language.compile ? ARTEFACT_BYTES.least : 0;
  const source = liesInFile(resolved) ? { path: language.source, data: Buffer.from(request.code) } : null;
  const inputs = checkInputs(request, source, RUN_BYTES - room);
  const limits = limitsOf(resolved, request, options);
  const tests = request.tests ? testsPlan(language, request.tests, limits.run) : null;
  const kind = classFor(
    tests ? { ...limits, run: sumOf(limits.run, tests.limits) } : limits,
    inputs.files + room,
    options,
  );
  const { files = [] } = request;
  const withSource = source ? [source, ...files] : files;
  return {
    language: name,
    image: image.manifest.name,
    spec: specOf(tenant, image.manifest.name, kind, request, options),
    compile: language.compile
      ? {
          argv: filledIn(language.compile.argv, limits.compile),
          env: environment(language, request.env, limits.compile),
          limits: limits.compile,
          files: withSource,
          artefacts: language.compile.artefacts,
          artefactBytes: Math.min(ARTEFACT_BYTES.most, kind.scratchBytes / 2 - inputs.files, RUN_BYTES - inputs.run),
        }
      : null,
    limits: limits.run,
    tests,
    env: environment(language, request.env, limits.run),
    files: caseFiles(language, files, withSource),
    keepBytes,
    parallel: Math.min(request.parallel ?? kind.slots, kind.slots, request.cases.length),
    program: programOf(language, request, limits.run),
  };
}

/** Whether the code takes a place in the workspace: an interpreter that is a spare process reads it there, too. */
function liesInFile({ language, image }: ResolvedLanguage): boolean {
  const { compile, run, launcher, interpreter } = language;
  const isSpare = interpreter !== undefined && image.manifest.interpreters[interpreter]?.kind === "spare";
  return Boolean(compile ?? run ?? launcher) || isSpare;
}

/** What we lay into the workspace of a case, beside its own files; to an interpreter the code is handed over. */
function caseFiles(
  { compile, run, launcher }: ImageLanguage,
  files: readonly InputFile[],
  withSource: readonly InputFile[],
): readonly InputFile[] {
  if (compile) return notReplaced(files, compile.artefacts);
  return run || launcher ? withSource : files;
}

/** Answers the bytes that are kept of each output stream. */
function checkCases({ cases, keepBytes, parallel }: ExecutionRequest): number {
  if (cases.length === 0 || cases.length > MAX_CASES) throw refusal("cases", `give 1 to ${MAX_CASES}`);
  if (parallel !== undefined && !(Number.isSafeInteger(parallel) && parallel > 0))
    throw refusal("parallel", "must be a positive integer");
  const fetched = cases.reduce(
    (sum, { outputs }) => (outputs ? sum + outputs.reduce((s, o) => s + o.limit, 0) : sum),
    0,
  );
  const keep = keepBytes ?? Math.min(KEEP_BYTES, Math.floor(DEFAULT_ANSWER_BYTES / 2 / cases.length));
  if (!Number.isSafeInteger(keep) || keep <= 0) throw refusal("keep_output_bytes", "must be a positive integer");
  const all = 2 * cases.reduce((sum, one) => sum + (one.keepBytes ?? keep), 0) + fetched;
  if (all > ANSWER_BYTES) {
    const field = fetched > all / 2 ? "cases" : "keep_output_bytes";
    throw refusal(field, `output and files of all cases may come to ${all} bytes, above ${ANSWER_BYTES}`);
  }
  return keep;
}

export interface Limits {
  readonly run: RunLimits;
  /** As those of the run where nothing is compiled. */
  readonly compile: RunLimits;
}

function limitsOf({ language, image }: ResolvedLanguage, request: ExecutionRequest, { classes }: PlanOptions): Limits {
  const { manifest } = image;
  const largest = classes.at(-1);
  const run = requestLimits(manifestLimits(CASE_LIMITS, manifest.limits, language.limits), request.limits, {
    factor: request.foreignLimits ? 1 : language.time_factor,
    field: "limits",
  });
  const own = fitted(run, request.foreignLimits ? undefined : request.limits, "limits", largest);
  if (!language.compile) return { run: own, compile: own };
  const compile = requestLimits(manifestLimits(COMPILE_LIMITS, language.compile.limits), request.compileLimits, {
    factor: 1,
    field: "compile_limits",
  });
  const asked = request.foreignLimits ? undefined : request.compileLimits;
  return { run: own, compile: fitted(compile, asked, "compile_limits", largest) };
}

export function classFor({ run, compile }: Limits, fileBytes: number, { classes }: PlanOptions): ResourceClass {
  // Half of the scratch space is left to the program.
  const scratchBytes = Math.max(run.diskBytes, compile.diskBytes, 2 * fileBytes);
  const memoryBytes = Math.max(run.memoryBytes, compile.memoryBytes);
  const processes = Math.max(run.processes, compile.processes);
  const kind = smallestClass(classes, { memoryBytes, scratchBytes, processes });
  if (kind) return kind;
  throw refusal("files", "no sandbox has room for so much");
}

export function specOf(
  tenant: string,
  image: string,
  { slots, memoryBytes, scratchBytes, processes }: ResourceClass,
  { mode, runtime, resource = "execution" }: Pick<ExecutionRequest, "mode" | "runtime" | "resource">,
  options: PlanOptions,
): SandboxSpec {
  if (runtime !== undefined && !RUNTIME.test(runtime)) throw refusal("sandbox.runtime", "is not the name of a runtime");
  return {
    tenant,
    resource,
    image,
    cpus: options.cpus,
    slots,
    memoryBytes,
    scratchBytes,
    processes,
    network: "none",
    runtime: runtime ?? options.runtime,
    mode: mode ?? options.mode,
  };
}

/** The files that the compiler had, less those whose place its artefacts take. */
function notReplaced(files: readonly InputFile[], artefacts: CompilePlan["artefacts"]): readonly InputFile[] {
  if (files.length === 0) return files;
  return files.filter(({ path }) => !artefacts.some((artefact) => isWithin(path, artefact.path)));
}

/** What runs with the arguments of a case. */
function programOf(
  language: ImageLanguage,
  { code, prelude }: Pick<ExecutionRequest, "code" | "prelude">,
  limits: RunLimits,
): Plan["program"] {
  const { interpreter, launcher, run = [], source: name } = language;
  if (prelude !== undefined && (interpreter === undefined || launcher !== undefined))
    throw refusal("prelude", "only a warm interpreter takes one");
  if (interpreter === undefined) {
    const argv = filledIn(run, limits);
    return (args) => ({ argv: args ? [...argv, ...args] : argv });
  }
  const program =
    launcher === undefined
      ? { interpreter, source: code, fileName: name, ...(prelude === undefined ? {} : { prelude }) }
      : { interpreter, source: launcher, fileName: `launcher${extname(name)}` };
  return (args) => (args ? { ...program, args } : program);
}
