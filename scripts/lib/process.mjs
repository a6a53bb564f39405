import { spawn } from "node:child_process";
import { fileURLToPath } from "node:url";

/** The checkout. */
export const ROOT = fileURLToPath(new URL("../../", import.meta.url)).replace(/\/$/, "");

/** Runs a command in the checkout with this terminal; resolves to its exit code. */
export function run(command, args = [], options = {}) {
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, { cwd: ROOT, stdio: "inherit", ...options });
    child.on("error", reject);
    child.on("exit", (code, signal) => resolve(signal ? 128 : (code ?? 1)));
  });
}

/** Runs a command quietly; resolves to its code and output, and never rejects. */
export function probe(command, args = [], options = {}) {
  return new Promise((resolve) => {
    const child = spawn(command, args, { cwd: ROOT, stdio: ["ignore", "pipe", "pipe"], ...options });
    let output = "";
    child.stdout.on("data", (data) => (output += data));
    child.stderr.on("data", (data) => (output += data));
    child.on("error", (error) => resolve({ code: 127, output: error.message }));
    child.on("exit", (code) => resolve({ code: code ?? 1, output }));
  });
}

/** Ends the script when a step failed. */
export async function must(step, command, args, options) {
  const code = await run(command, args, options);
  if (code !== 0) {
    console.error(`${step} failed with exit code ${code}`);
    process.exit(code);
  }
}

/** One line that says what is being done. */
export function say(text) {
  console.log(`sandlot: ${text}`);
}
