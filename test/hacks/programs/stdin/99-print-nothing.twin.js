// entry: 99
// task: mean-depth
// what: Prints its answer when its input has ended.
// family: vacuous
let text = "";
process.stdin.on("data", (part) => (text += part));
process.stdin.on("end", () => {
  const depths = text.split(/\s+/).filter(Boolean).map(Number);
  const mean = depths.reduce((total, depth) => total + depth, 0) / depths.length;
  console.log(mean.toFixed(3));
});
