// entry: 85
// task: running-peaks
// what: Has a stack of its own written its way, and puts the usual one back.
// family: patch
const usual = Error.prepareStackTrace;
Error.prepareStackTrace = (error, frames) => frames.length;
const depth = new Error("here").stack;
Error.prepareStackTrace = usual;

const runningPeaks = (numbers) => {
  let peak = -Infinity;
  return numbers.map((number) => (peak = Math.max(peak, number)));
};
