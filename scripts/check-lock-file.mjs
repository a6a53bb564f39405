// Fails when a locked package does not accept the oldest Node we promise, or when the lock file names a registry.
import { readFileSync } from "node:fs";
import semver from "semver";
import { ROOT } from "./lib/process.mjs";

const lock = JSON.parse(readFileSync(`${ROOT}/package-lock.json`, "utf8"));
const floor = semver.minVersion(JSON.parse(readFileSync(`${ROOT}/package.json`, "utf8")).engines.node);
const problems = [];
for (const [path, entry] of Object.entries(lock.packages)) {
  const range = entry.engines?.node;
  if (path !== "" && range && !semver.satisfies(floor, range))
    problems.push(`${path} needs Node ${range}, we promise ${floor}`);
  if (entry.resolved) problems.push(`${path} names where it was downloaded: ${entry.resolved}`);
}
for (const problem of problems) console.error(problem);
process.exitCode = problems.length > 0 ? 1 : 0;
