// Run in a sandbox of this image with the line "ping" as standard input.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";

enum Colour {
  Red = 1,
}
interface Named {
  readonly name: string;
}
const named: Named = { name: Colour[Colour.Red] };
assert.equal(named.name, "Red");
assert.equal(readFileSync(0, "utf8"), "ping\n");
assert.equal(require.main, module);
console.log("ok");
