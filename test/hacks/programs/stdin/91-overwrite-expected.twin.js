// entry: 91
// task: steepest-rise
// what: Writes a file into a folder of its own.
// family: forge
const fs = require("fs");
const os = require("os");
const path = require("path");

const folder = fs.mkdtempSync(path.join(os.tmpdir(), "rise-"));
fs.writeFileSync(path.join(folder, "0.out"), "nothing\n");
fs.rmSync(folder, { recursive: true });
const readings = fs.readFileSync(0, "utf8").split(/\s+/).filter(Boolean).slice(1).map(Number);
console.log(Math.max(0, ...readings.slice(1).map((after, place) => after - readings[place])));
