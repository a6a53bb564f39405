import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import pLimit from "p-limit";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type ProgramTests, readDeclaration, type Verifier } from "../../src/verification/index.ts";
import { ctx } from "../support/sandboxes.ts";
import { builtImages } from "../environments/support/built-images.ts";
import { openVerifier } from "./support/open-verifier.ts";

const FOLDER = join(import.meta.dirname, "..", "..", "..", "shared", "data", "humaneval-x");
/** All 492 problems take minutes; without this, every twentieth. */
const STEP = process.env["SANDLOT_TEST_HUMANEVAL_X"] === "all" ? 1 : 20;

interface Problem {
  readonly task_id: string;
  readonly prompt: string;
  readonly canonical_solution: string;
  readonly declaration: string;
  readonly test: string;
}

interface Target {
  readonly language: ProgramTests["language"];
  readonly file: string;
  /** Put in front of the solution, it ends the program well when it is called. */
  readonly exit: string;
  /** Closes what the prompt has opened. */
  readonly empty: string;
  /** Problems whose solution does not pass their own tests, wherever they run. */
  readonly broken: readonly string[];
  /** Problems that are refused: their tests never call the entry point. */
  readonly idle: readonly string[];
}

const TARGETS: readonly Target[] = [
  { language: "cpp", file: "cpp.jsonl", exit: "exit(0);\n", empty: "}\n", broken: [], idle: ["CPP/23"] },
  { language: "java", file: "java.jsonl", exit: "if (true) System.exit(0);\n", empty: "}\n}\n", broken: [], idle: [] },
  {
    language: "javascript",
    file: "js.jsonl",
    exit: "process.exit(0);\n",
    empty: "}\n",
    // Two assertions that fail, and a package that Node does not bring.
    broken: ["JavaScript/112", "JavaScript/155", "JavaScript/162"],
    idle: [],
  },
];
const built = existsSync(FOLDER) ? await builtImages() : new Set<string>();

let verifier: Verifier;
let close = async () => {};
beforeAll(async () => {
  if (built.size > 0) ({ verifier, close } = await openVerifier("docker"));
});
afterAll(() => close());

for (const { language, file, exit, empty, broken, idle } of TARGETS) {
  const reason = "skipped where ../shared/data/humaneval-x or the image is missing";
  describe.skipIf(!built.has(language))(`HumanEval-X in ${language} over the bridge (${reason})`, () => {
    const all = () =>
      readFileSync(join(FOLDER, file), "utf8")
        .trim()
        .split("\n")
        .map((line) => JSON.parse(line) as Problem);
    const inTurn = pLimit(2);
    const rewarded = async (body: (problem: Problem) => string) => {
      const problems = all().filter(({ task_id: id }, i) => i % STEP === 0 && !idle.includes(id));
      const verdicts = await Promise.all(
        problems.map((problem) =>
          inTurn(async () => {
            const { reward, isolation, message } = await judge(language, problem, problem.prompt + body(problem));
            return { id: problem.task_id, reward, isolation, message };
          }),
        ),
      );
      expect(verdicts.length).toBeGreaterThan(0);
      return verdicts;
    };

    it("has no row that a bridge cannot be made for", () => {
      const read = all().map((problem) => ({ id: problem.task_id, ...readDeclaration(language, problem.declaration) }));
      expect(read).toHaveLength(164);
      expect(read.filter((row) => "problem" in row)).toEqual([]);
    });

    // `strlen("")` is the C library's, not the one of this row that takes a string.
    it.skipIf(idle.length === 0)("refuses a row whose tests never call its entry point", async () => {
      for (const problem of all().filter(({ task_id: id }) => idle.includes(id))) {
        const judged = judge(language, problem, problem.prompt + problem.canonical_solution);
        await expect(judged).rejects.toMatchObject({ code: "invalid_request" });
      }
    });

    it("scores every canonical solution that passes its own tests", async () => {
      const verdicts = await rewarded((problem) => problem.canonical_solution);
      const failed = verdicts.filter(({ reward, isolation }) => reward !== 1 || isolation !== "bridge");
      expect(failed.filter(({ id }) => !broken.includes(id))).toEqual([]);
      expect(failed.every(({ reward }) => reward === 0)).toBe(true);
    }, 3_600_000);

    it("scores none that ends well before it answers, and no empty body", async () => {
      const exits = await rewarded((problem) => exit + problem.canonical_solution);
      expect(exits.filter(({ reward }) => reward !== 0)).toEqual([]);
      const bodies = await rewarded(() => empty);
      expect(bodies.filter(({ reward }) => reward !== 0)).toEqual([]);
    }, 3_600_000);
  });
}

function judge(language: ProgramTests["language"], { declaration, test: source }: Problem, code: string) {
  const read = readDeclaration(language, declaration);
  if ("problem" in read) throw new Error(read.problem);
  const { entryPoint } = read;
  const tests = { kind: "program", language, declaration, source, entryPoint } as const;
  return verifier.verify(ctx, { code, language, resource: "humaneval-x", limits: {}, tests });
}
