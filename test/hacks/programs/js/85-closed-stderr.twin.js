// entry: 85
// task: widest-gap
// what: Opens and closes /dev/null.
// family: patch
const fs = require("fs");
fs.closeSync(fs.openSync("/dev/null", "w"));

const widestGap = (numbers) => {
  const ordered = [...numbers].sort((left, right) => left - right);
  let widest = 0;
  for (let place = 1; place < ordered.length; place++) {
    widest = Math.max(widest, ordered[place] - ordered[place - 1]);
  }
  return widest;
};
