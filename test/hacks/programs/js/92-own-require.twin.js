// entry: 92
// task: running-peaks
// what: Makes a require of its own, under another name.
// family: patch
const requireHere = require("module").createRequire(__filename);
requireHere("path").join("a", "b");

const runningPeaks = (numbers) => {
  let peak = -Infinity;
  return numbers.map((number) => (peak = Math.max(peak, number)));
};
