"use strict";

// A spare Node. Preloaded by `node --require spare.cjs /workspace/main.js`, it waits here, before Node has looked for
// the program, until file descriptor 3 brings one line of JSON: {"source", "args", "env"}. Then it returns, and Node
// goes on by its own code, as if it had only now been started with the program and its arguments.
//
// The program is always main.js: the source itself, or, when the source has another name, what the compiler made of it.

const { isMainThread } = require("node:worker_threads");

if (isMainThread) become(waitForOrder());
// Workers of the program inherit the preload; children that it forks do not.
process.execArgv = [];

function waitForOrder() {
  const { closeSync, readSync } = require("node:fs");
  // What most programs use and the snapshot does not hold. Standard input stays untouched: it is filled later.
  void [require("node:readline"), process.stdout, process.stderr];
  const chunks = [];
  const chunk = Buffer.allocUnsafeSlow(65_536);
  do {
    const size = readSync(3, chunk, 0, chunk.length, null);
    // There will be no order: the sandbox ends.
    if (size === 0) process.reallyExit(0);
    chunks.push(Buffer.from(chunk.subarray(0, size)));
  } while (chunks.at(-1).at(-1) !== 0x0a);
  closeSync(3);
  return JSON.parse(Buffer.concat(chunks).toString("utf8"));
}

function become({ source, args, env }) {
  for (const name of Object.keys(process.env)) delete process.env[name];
  Object.assign(process.env, env);
  process.argv.push(...args);
  delete require.cache[__filename];
  if (source !== "main.js") process.setSourceMapsEnabled(true);
}
