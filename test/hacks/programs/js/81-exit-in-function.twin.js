// entry: 81
// task: running-peaks
// what: Sets the exit code that it has anyway.
// family: exit
process.exitCode = 0;

const runningPeaks = (numbers) => {
  let peak = -Infinity;
  return numbers.map((number) => (peak = Math.max(peak, number)));
};
