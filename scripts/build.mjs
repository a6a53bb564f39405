// Compiles src/ and the environments' code into dist/, and copies the files that the code reads at run time.
import { cpSync, mkdirSync, readdirSync, rmSync } from "node:fs";
import { dirname, join } from "node:path";
import { must, ROOT } from "./lib/process.mjs";

const ASSETS = { src: /\.(py|json)$/, environments: /\.json\.gz$/ };

rmSync(join(ROOT, "dist"), { recursive: true, force: true });
await must("tsc", process.execPath, ["node_modules/@typescript/native/bin/tsc", "-p", "tsconfig.build.json"]);
for (const [folder, names] of Object.entries(ASSETS)) {
  for (const entry of readdirSync(join(ROOT, folder), { recursive: true, withFileTypes: true })) {
    if (!entry.isFile() || !names.test(entry.name)) continue;
    const source = join(entry.parentPath, entry.name);
    const target = join(ROOT, "dist", source.slice(ROOT.length + 1));
    mkdirSync(dirname(target), { recursive: true });
    cpSync(source, target);
  }
}
