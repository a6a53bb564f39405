// entry: 85
// task: widest-gap
// what: Wraps a write of its own.
// family: patch
const write = (text) => process.stderr.write(`${text}\n`);
write("comparing");

const widestGap = (numbers) => {
  const ordered = [...numbers].sort((left, right) => left - right);
  let widest = 0;
  for (let place = 1; place < ordered.length; place++) {
    widest = Math.max(widest, ordered[place] - ordered[place - 1]);
  }
  return widest;
};
