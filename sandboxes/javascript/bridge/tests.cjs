"use strict";
/**
 * The tests' side of the call bridge: runs the trusted tests.js, in which `sandlotCall` calls the program, and writes the
 * report when all that they started has ended. A failed console.assert fails them.
 */
const { readFileSync, writeFileSync, writeSync } = require("node:fs");
const { createRequire } = require("node:module");
const { format } = require("node:util");
const { compileFunction } = require("node:vm");
const { Broken, receive, send } = require("./wire.cjs");
const { copyBack, decode, encode, TooLarge, Unsendable } = require("./values.cjs");

const PATH = "/workspace/tests.js";
const NAMES = ["exports", "require", "module", "__filename", "__dirname", "sandlotCall"];
const MOST_TEXT = 2000;
let calls = 0;
let failure = null;
let cameToEnd = false;

/** What the stub of the entry point does. A program that has gone or answers garbage is never called again. */
function call(...values) {
  calls++;
  let thrown;
  try {
    const sent = values.map((value) => encode(value));
    send("call", ...sent);
    const [kind, ...parts] = receive();
    if (kind === "returned") {
      const [value, changed] = parts;
      if (!Array.isArray(changed) || changed.length !== values.length) throw new Broken("sent back other arguments");
      const result = decoded(value);
      for (const [i, each] of changed.entries())
        if (JSON.stringify(each) !== JSON.stringify(sent[i])) copyBack(values[i], decoded(each));
      return result;
    }
    if (kind === "unsendable") finishTest("error", `the program returned ${String(parts[0])}, which cannot be sent`);
    if (kind !== "threw") throw new Broken("answered something else");
    thrown = decoded(parts[0]);
  } catch (error) {
    if (error instanceof Broken) finishTest("error", `the program ${error.message}`);
    // The first call's are the tests' own; later ones may be made of what the program has answered.
    if (error instanceof TooLarge && calls > 1) finishTest("error", `an argument is ${error.message}`);
    if (error instanceof Unsendable)
      finish({ load: { ok: true }, tests: [], unbridgeable: text(`an argument is ${error.message}`) });
    throw error;
  }
  throw thrown;
}

function decoded(json) {
  try {
    return decode(json);
  } catch (error) {
    throw new Broken(`sent a malformed value: ${error.message}`);
  }
}

function awaitLoad() {
  let problem;
  try {
    const [kind, type, message] = receive();
    if (kind === "loaded") return;
    if (kind !== "unloaded") throw new Broken("did not say that it can be called");
    problem = { type: text(type), message: text(message) };
  } catch (error) {
    problem = { type: "Broken", message: `the program ${error.message} before it could be called` };
  }
  finish({ load: { ok: false, error: { ...problem, traceback: "" } }, tests: [] });
}

function finishTest(status, message, line = null) {
  const test = { id: "main", status, message: text(message), got: null, expected: null, line };
  finish({ load: { ok: true }, tests: [test] });
}

/** Writes the report and ends the process: nothing that the tests do can follow. */
function finish(report) {
  writeFileSync("/workspace/report.json", JSON.stringify({ calls, evidence: [], ...report }));
  process.reallyExit(0);
}

const text = (value) => String(value).slice(0, MOST_TEXT);

function fail(status, message, line) {
  failure ??= { status, message, line };
}

/** Where in tests.js a failed assertion stands. */
function lineOf(error) {
  const at = /tests\.js:(\d+)/.exec(error.stack ?? "");
  return at ? text(source.split("\n")[Number(at[1]) - 1]?.trim() ?? "") : null;
}

console.assert = (condition, ...message) => {
  if (condition) return;
  const said = `Assertion failed${message.length > 0 ? `: ${format(...message)}` : ""}`;
  writeSync(2, `${said}\n`);
  fail("failed", said, lineOf(new Error(said)));
};
process.on("uncaughtException", (error) => {
  console.error(error);
  const status = error?.code === "ERR_ASSERTION" || error?.name === "AssertionError" ? "failed" : "error";
  fail(
    status,
    error instanceof Error ? `${error.name}: ${error.message}` : `threw ${format(error)}`,
    lineOf(error ?? {}),
  );
});
process.on("exit", () => {
  if (failure) finishTest(failure.status, failure.message, failure.line);
  if (!cameToEnd) finishTest("error", "the tests ended the process themselves");
  finishTest("passed", "");
});

const source = readFileSync(PATH, "utf8");
const module_ = { exports: {} };
const run = compiled();
awaitLoad();
run.call(module_.exports, module_.exports, createRequire(PATH), module_, PATH, "/workspace", call);
cameToEnd = true;

function compiled() {
  try {
    return compileFunction(source, NAMES, { filename: PATH });
  } catch (error) {
    return finish({ load: { ok: true }, tests: [], unbridgeable: text(`the tests do not parse: ${error.message}`) });
  }
}
