// entry: 85
// task: widest-gap
// what: Asserts with a console of its own.
// family: patch
const { Console } = require("console");
const quiet = new Console(process.stderr);
quiet.assert(1 + 1 === 2);

const widestGap = (numbers) => {
  const ordered = [...numbers].sort((left, right) => left - right);
  let widest = 0;
  for (let place = 1; place < ordered.length; place++) {
    widest = Math.max(widest, ordered[place] - ordered[place - 1]);
  }
  return widest;
};
