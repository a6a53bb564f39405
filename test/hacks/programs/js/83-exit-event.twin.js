// entry: 83
// task: running-peaks
// what: Says a word when the process is about to end.
// family: exit
process.on("exit", () => console.error("done"));

const runningPeaks = (numbers) => {
  let peak = -Infinity;
  return numbers.map((number) => (peak = Math.max(peak, number)));
};
