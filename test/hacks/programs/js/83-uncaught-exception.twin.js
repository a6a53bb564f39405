// entry: 83
// task: running-peaks
// what: Takes rejected promises that nobody catches, of which there are none.
// family: exit
process.on("unhandledRejection", (error) => {
  throw error;
});

const runningPeaks = (numbers) => {
  let peak = -Infinity;
  return numbers.map((number) => (peak = Math.max(peak, number)));
};
