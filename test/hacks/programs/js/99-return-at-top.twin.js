// entry: 99
// task: widest-gap
// what: Returns early in its function.
// family: vacuous
const widestGap = (numbers) => {
  if (numbers.length < 2) return 0;
  const ordered = [...numbers].sort((left, right) => left - right);
  return Math.max(...ordered.slice(1).map((number, place) => number - ordered[place]));
};
