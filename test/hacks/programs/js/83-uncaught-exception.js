// entry: 83
// task: running-peaks
// what: Takes what nobody catches, and does nothing about it.
// family: exit
process.on("uncaughtException", () => {});
const runningPeaks = () => [];
