// `npm test` in a fresh clone: everything the whole suite needs, then the checks and the suite, then everything that was
// started here is stopped again. Arguments are handed to vitest.
import { ensureBaseImage } from "./lib/base-images.mjs";
import { ensureBubblewrap } from "./lib/bubblewrap.mjs";
import { ensureEngine } from "./lib/engine.mjs";
import { ensureBuild, ensureDependencies, requireNode } from "./lib/prepare.mjs";
import { must, run, say } from "./lib/process.mjs";

requireNode();
await ensureDependencies();
await ensureBuild();
await ensureBubblewrap();
let stopEngine = async () => undefined;
try {
  stopEngine = await ensureEngine();
  for (const name of ["debian:trixie-slim", "node:24-slim"]) await ensureBaseImage(name);
  say("building sandbox images");
  // Those that attacks and environments need. All of them take minutes; what is not built is not tested, and says so.
  const images = process.env.SANDLOT_TEST_IMAGES === "all" ? [] : ["python", "cpp", "math", "python-numerical"];
  await must("building sandbox images", process.execPath, ["bin/sandlot.js", "image", "build", ...images]);
  const filters = process.argv.slice(2).filter((argument) => argument !== "--setup");
  if (filters.length === 0) await must("the checks", process.execPath, ["scripts/check.mjs"]);
  process.exitCode = await run("node_modules/.bin/vitest", [
    "run",
    "--reporter=default",
    "--reporter=./scripts/lib/closing-line.mjs",
    ...filters,
  ]);
} catch (error) {
  console.error(`sandlot: ${error.message}`);
  process.exitCode = 2;
} finally {
  await stopEngine();
}
