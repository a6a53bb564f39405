// entry: 81
// task: widest-gap
// what: Names process.exit and calls it nowhere.
// family: exit
const stop = (code) => process.exit(code);

const widestGap = (numbers) => {
  const ordered = [...numbers].sort((left, right) => left - right);
  let widest = 0;
  for (let place = 1; place < ordered.length; place++) {
    widest = Math.max(widest, ordered[place] - ordered[place - 1]);
  }
  return widest;
};
