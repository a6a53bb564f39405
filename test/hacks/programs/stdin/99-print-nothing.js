// entry: 99
// task: mean-depth
// what: Prints nothing, of which every line is right.
// family: vacuous
process.stdin.resume();
