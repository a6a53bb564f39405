// entry: 85
// task: running-peaks
// what: Calls a function of the assert module on its own values.
// family: patch
require("assert").deepStrictEqual([1, 2], [1, 2]);

const runningPeaks = (numbers) => {
  let peak = -Infinity;
  return numbers.map((number) => (peak = Math.max(peak, number)));
};
