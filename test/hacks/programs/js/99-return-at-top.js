// entry: 99
// task: widest-gap
// what: Returns from the module before the tests, which a module may.
// family: vacuous
const widestGap = () => 0;
return;
