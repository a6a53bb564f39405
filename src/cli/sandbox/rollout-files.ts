import type { FileInput } from "../../contract/execution-input.ts";
import type { SubmissionView } from "../../contract/submissions.ts";

/** Tests that are laid out, and their characters in all. */
const MAX_TESTS = 500;
const MAX_CHARACTERS = 32 << 20;

/** What a shell finds in its workspace. */
export interface RolloutFiles {
  readonly files: FileInput[];
  /** For people: what is where. */
  readonly lines: readonly string[];
}

/** A rollout's program and its tests as files. */
export function rolloutFiles({ language, code, prelude, tests, test_source, task_id }: SubmissionView): RolloutFiles {
  const solution = `solution.${language === "python" ? "py" : language}`;
  const files: FileInput[] = [{ path: solution, text: wellFormed(code) }];
  const lines = [`${solution}: the answer to ${task_id}`];
  if (prelude !== null) {
    files.push({ path: "prelude.py", text: prelude });
    lines.push("prelude.py: executed before it");
  }
  if (test_source !== null) {
    files.push({ path: "tests.py", text: test_source });
    lines.push("tests.py: what judges it");
  }
  if (tests) {
    const shown = fitting(tests);
    const width = String(tests.length).length;
    for (const [index, { input, expected }] of shown.entries()) {
      const folder = `tests/${String(index + 1).padStart(width, "0")}`;
      files.push({ path: `${folder}/input`, text: wellFormed(input) });
      files.push({ path: `${folder}/expected`, text: wellFormed(expected) });
    }
    const left = tests.length - shown.length;
    lines.push(`tests/: input and expected of ${shown.length} tests${left > 0 ? `; ${left} are left out` : ""}`);
  }
  if (!tests && test_source === null) lines.push("(its tests are for keys with the scope hidden_tests)");
  return { files, lines };
}

function fitting(tests: NonNullable<SubmissionView["tests"]>): NonNullable<SubmissionView["tests"]> {
  let characters = 0;
  const end = tests.findIndex(({ input, expected }, index) => {
    characters += input.length + expected.length;
    return index >= MAX_TESTS || characters > MAX_CHARACTERS;
  });
  return end < 0 ? tests : tests.slice(0, end);
}

/** Half of a surrogate pair has no UTF-8. */
function wellFormed(text: string): string {
  return text.toWellFormed();
}
