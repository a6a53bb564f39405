import { expect, test } from "vitest";
import { languageOf } from "./language-of.ts";

test.each([
  ["a.py", "", "python"],
  ["dir.d/a.CPP", "", "cpp"],
  ["a.cc", "", "cpp"],
  ["a.mjs", "", "javascript"],
  ["a.rs", "", "rust"],
  ["a.go", "", "go"],
  ["a.zig", "", "zig"],
  ["tool", "#!/usr/bin/env python3\n", "python"],
  ["tool", "#!/usr/bin/env -S node --no-warnings\n", "javascript"],
  ["tool.txt", "#! /bin/bash -e\n", "bash"],
  ["tool", "#!/usr/bin/python3.11\n", "python"],
  ["tool", "# no shebang", undefined],
  ["-", "", undefined],
  [".profile", "", undefined],
])("%s beginning with %j is %s", (path, code, language) => {
  expect(languageOf(path, code)).toBe(language);
});
