// `npm run demo` in a fresh clone: installs, builds, and shows a first scored rollout.
import { ensureBubblewrap } from "./lib/bubblewrap.mjs";
import { ensureBuild, ensureDependencies, requireNode } from "./lib/prepare.mjs";
import { run } from "./lib/process.mjs";

requireNode();
await ensureDependencies();
await ensureBuild();
await ensureBubblewrap({ onlyWithoutEngine: true });
process.exitCode = await run(process.execPath, ["bin/sandlot.js", "demo", ...process.argv.slice(2)]);
