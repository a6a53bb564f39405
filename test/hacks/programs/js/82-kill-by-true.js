// entry: 82
// task: running-peaks
// what: Ends the process by the function under process.exit, without its events.
// family: exit
const runningPeaks = () => process.reallyExit(0);
