// entry: 85
// task: running-peaks
// what: Looks up what is in the cache of modules.
// family: patch
const cached = Object.keys(require.cache).length;

const runningPeaks = (numbers) => {
  let peak = -Infinity;
  return numbers.map((number) => (peak = Math.max(peak, number)));
};
