"use strict";
/**
 * The program's side of the call bridge: loads the candidate's main.js and serves the tests' calls of its entry point, whose
 * name is in entry.json, until they hang up. Nothing here is trusted by the tests.
 */
const { readFileSync } = require("node:fs");
const { createRequire } = require("node:module");
const { compileFunction } = require("node:vm");
const { receive, send } = require("./wire.cjs");
const { decode, encode, Unsendable } = require("./values.cjs");

const PATH = "/workspace/main.js";
const NAMES = ["exports", "require", "module", "__filename", "__dirname", "sandlotEntry"];

function load() {
  const { name } = JSON.parse(readFileSync("/workspace/entry.json", "utf8"));
  const source = readFileSync(PATH, "utf8").replace(/^#!/, "//");
  const found = `\n;sandlotEntry(typeof ${name} === "undefined" ? undefined : ${name});`;
  const run = compileFunction(source + found, NAMES, { filename: PATH });
  const module = { exports: {} };
  let entry = module.exports[name];
  run.call(module.exports, module.exports, createRequire(PATH), module, PATH, "/workspace", (value) => (entry = value));
  if (typeof entry === "undefined") entry = module.exports[name];
  if (typeof entry !== "function") throw new ReferenceError(`${name} is not defined as a function`);
  return entry;
}

async function serve(entry) {
  for (;;) {
    const [kind, ...parts] = receive();
    if (kind !== "call") return;
    send(
      ...(await answer(
        entry,
        parts.map((part) => decode(part)),
      )),
    );
  }
}

async function answer(entry, values) {
  try {
    const value = entry(...values);
    const settled = typeof value?.then === "function" ? await value : value;
    return ["returned", encode(settled), values.map((each) => encode(each))];
  } catch (error) {
    if (error instanceof Unsendable) return ["unsendable", error.message];
    try {
      return ["threw", encode(error)];
    } catch {
      return ["threw", ["e", "Error", "something that cannot be sent was thrown"]];
    }
  }
}

let entry;
try {
  entry = load();
  send("loaded");
} catch (error) {
  console.error(error);
  send("unloaded", String(error?.name ?? "Error"), String(error?.message ?? error).slice(0, 10_000));
  process.exit(1);
}
serve(entry).then(
  () => process.exit(0),
  () => process.exit(0),
);
