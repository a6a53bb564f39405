// entry: 81
// task: widest-gap
// what: Leaves with status 0 before any test.
// family: exit
process.exit(0);
const widestGap = () => 0;
