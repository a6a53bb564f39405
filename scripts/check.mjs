// `npm run check`: format, lint with type information, types, dead code, dependency rules, lock file. Runs all, then fails.
import { run } from "./lib/process.mjs";

const CHECKS = {
  format: ["node_modules/.bin/oxfmt", ["--check", "."]],
  lint: ["node_modules/.bin/oxlint", ["--type-aware", "--deny-warnings"]],
  types: [process.execPath, ["node_modules/@typescript/native/bin/tsc", "--noEmit"]],
  "dead code": ["node_modules/.bin/knip", ["--no-progress"]],
  "dependency rules": [
    "node_modules/.bin/depcruise",
    ["src", "--config", ".dependency-cruiser.cjs", "--output-type", "err"],
  ],
  "lock file": [process.execPath, ["scripts/check-lock-file.mjs"]],
};

const failed = [];
for (const [name, [command, args]] of Object.entries(CHECKS)) {
  if ((await run(command, args)) !== 0) failed.push(name);
}
console.log(
  failed.length > 0 ? `check: failed: ${failed.join(", ")}` : `check: ${Object.keys(CHECKS).join(", ")}: all fine`,
);
process.exitCode = failed.length > 0 ? 1 : 0;
