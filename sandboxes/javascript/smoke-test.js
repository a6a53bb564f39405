// Run in a sandbox of this image with the line "ping" as standard input.
const assert = require("node:assert/strict");
const { execFileSync } = require("node:child_process");
const { readFileSync, writeFileSync } = require("node:fs");

assert.equal(require.main, module);
assert.equal(readFileSync(0, "utf8"), "ping\n");
assert.equal(process.cwd(), "/workspace");
assert.notEqual(process.getuid(), 0);
writeFileSync("note.txt", "x");
assert.equal(execFileSync(process.execPath, ["-p", "1 + 1"], { encoding: "utf8" }), "2\n");
console.log("ok");
