import type { Tests } from "./submission.ts";

/** How many tests a submission says that there are; null when only running them tells. */
export function namedTests(tests: Tests): number | null {
  if (tests.kind === "cases" || tests.kind === "checker") return tests.cases.length;
  if (tests.kind === "pytest") return tests.expected.length;
  if (tests.kind === "program") return 1;
  switch (tests.style) {
    case "check":
      return 1;
    case "asserts":
      return (tests.asserts ?? []).length;
    case "unittest":
      return tests.expected?.length || null;
  }
}
