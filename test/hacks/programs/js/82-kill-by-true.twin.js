// entry: 82
// task: running-peaks
// what: Runs /bin/true as a child.
// family: exit
require("child_process").spawnSync("/bin/true", { timeout: 5000 });

const runningPeaks = (numbers) => {
  let peak = -Infinity;
  return numbers.map((number) => (peak = Math.max(peak, number)));
};
