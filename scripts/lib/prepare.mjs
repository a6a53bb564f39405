import { createHash } from "node:crypto";
import { existsSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { must, ROOT, run, say } from "./process.mjs";

const NODE_FLOOR = [20, 19];

/** Ends the script on a Node that is too old. */
export function requireNode() {
  const [major, minor] = process.versions.node.split(".").map(Number);
  if (major > NODE_FLOOR[0] || (major === NODE_FLOOR[0] && minor >= NODE_FLOOR[1])) return;
  console.error(`sandlot needs Node ${NODE_FLOOR.join(".")} or newer, this is ${process.versions.node}`);
  process.exit(2);
}

/** Installs the locked dependencies unless they are there. */
export async function ensureDependencies() {
  const stamp = join(ROOT, "node_modules", ".sandlot-lock");
  const wanted = digest([join(ROOT, "package-lock.json")]);
  if (existsSync(stamp) && readFileSync(stamp, "utf8") === wanted) return;
  say("installing dependencies");
  await must("npm ci", "npm", ["ci", "--no-audit", "--no-fund", "--loglevel=error"]);
  writeFileSync(stamp, wanted);
}

/** Compiles unless nothing has changed since the last time. */
export async function ensureBuild() {
  const stamp = join(ROOT, "dist", ".sandlot-build");
  const wanted = digest(
    [...filesBelow("src"), ...filesBelow("environments"), "tsconfig.json", "tsconfig.build.json"].map((f) =>
      join(ROOT, f),
    ),
  );
  if (existsSync(stamp) && readFileSync(stamp, "utf8") === wanted) return;
  say("building");
  const code = await run(process.execPath, ["scripts/build.mjs"]);
  if (code !== 0) process.exit(code);
  writeFileSync(stamp, wanted);
}

function filesBelow(folder) {
  return readdirSync(join(ROOT, folder), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && /\.(ts|py|json)$/.test(entry.name) && !entry.parentPath.includes("/data"))
    .map((entry) => join(entry.parentPath, entry.name).slice(ROOT.length + 1))
    .sort();
}

function digest(files) {
  const hash = createHash("sha256");
  for (const file of files) hash.update(`${file}\0`).update(readFileSync(file)).update("\0");
  return hash.digest("hex");
}
