#!/usr/bin/env node
// Starts the build. In a checkout that has not been built yet, builds it first.
import { spawnSync } from "node:child_process";
import { existsSync } from "node:fs";
import { fileURLToPath } from "node:url";

const main = new URL("../dist/src/main.js", import.meta.url);
const build = new URL("../scripts/build.mjs", import.meta.url);
if (!existsSync(main) && existsSync(build)) {
  process.stderr.write("sandlot: building\n");
  const { status } = spawnSync(process.execPath, [fileURLToPath(build)], { stdio: ["ignore", 2, 2] });
  if (status !== 0) process.exit(status ?? 1);
}
await import(main.href);
