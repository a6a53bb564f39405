import { copyFileSync, cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

const ENVIRONMENT = join(import.meta.dirname, "../../../environments/math_with_code");

/**
 * A folder with math_with_code, its own code and another sandbox: without the packages of its image, which the machine's
 * Python lacks, and with calls of at most `seconds`.
 */
export function plainMathWithCode(seconds: number): { readonly folder: string; readonly remove: () => void } {
  const folder = mkdtempSync(join(tmpdir(), "sandlot-environment-"));
  const own = join(folder, "math_with_code");
  mkdirSync(own);
  cpSync(join(ENVIRONMENT, "data"), join(own, "data"), { recursive: true });
  const manifest = readFileSync(join(ENVIRONMENT, "environment.yaml"), "utf8")
    .replace("image: python-numerical", "image: python")
    .replace("max_execution_time: 10", `max_execution_time: ${seconds}`);
  writeFileSync(join(own, "environment.yaml"), manifest);
  copyFileSync(join(ENVIRONMENT, "README.md"), join(own, "README.md"));
  const code = JSON.stringify(join(ENVIRONMENT, "resource.ts"));
  writeFileSync(join(own, "resource.ts"), `export { default } from ${code};\n`);
  return { folder, remove: () => rmSync(folder, { recursive: true, force: true }) };
}
