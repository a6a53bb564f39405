// `npm run bench -- NAME [options]`: runs bench/NAME.ts.
import { readdirSync } from "node:fs";
import { join } from "node:path";
import { ensureBuild, ensureDependencies } from "./lib/prepare.mjs";
import { ROOT, run } from "./lib/process.mjs";

const names = readdirSync(join(ROOT, "bench"))
  .filter((name) => name.endsWith(".ts"))
  .map((name) => name.slice(0, -3));
const [name, ...args] = process.argv.slice(2);
if (!names.includes(name)) {
  console.error(`usage: npm run bench -- ${names.join("|")} [options]`);
  process.exit(2);
}
await ensureDependencies();
await ensureBuild();
process.exitCode = await run(process.execPath, ["--import", "tsx", join("bench", `${name}.ts`), ...args]);
