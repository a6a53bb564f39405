/**
 * A vitest reporter whose end is the sum of the run, in a form that people and CI read alike: what was skipped and why,
 * what passed only at a second attempt, what failed and how, and one closing line.
 */
export default class ClosingLine {
  onTestRunEnd(modules, errors) {
    const tests = modules.flatMap((module) => Array.from(module.children.allTests()));
    const having = (state) => tests.filter((test) => test.result().state === state);
    const skipped = having("skipped");
    for (const [suite, count] of countedBySuite(skipped)) console.log(`skipped: ${suite} (${count})`);
    // A test that passed at a second attempt keeps what the first one fell over.
    for (const test of tests.filter((test) => test.diagnostic()?.flaky))
      console.log(`flaky: ${nameOf(test)}: ${firstLine(test.result().errors?.[0])}`);
    for (const test of having("failed")) {
      console.log(`failed: ${nameOf(test)}: ${firstLine(test.result().errors?.[0])}`);
    }
    const broken = modules.filter((module) => module.errors().length > 0);
    for (const module of broken) console.log(`failed: ${module.relativeModuleId}: ${firstLine(module.errors()[0])}`);
    for (const error of errors) console.log(`failed: outside any test: ${firstLine(error)}`);
    const failed = having("failed").length + broken.length + errors.length;
    console.log(`${having("passed").length} passed, ${failed} failed, ${skipped.length} skipped`);
  }
}

const nameOf = (test) => `${test.module.relativeModuleId} > ${test.fullName}`;

const firstLine = (error) => String(error?.message ?? error ?? "no message").split("\n", 1)[0];

/** Tests are skipped for one reason a suite, or by a note of their own: one line for each, with how many it stands for. */
function countedBySuite(tests) {
  const counts = new Map();
  for (const test of tests) {
    const suite = test.parent.type === "suite" ? outermost(test.parent).name : test.name;
    const note = test.result().note;
    const line = `${test.module.relativeModuleId} > ${note === undefined ? suite : `${test.fullName}: ${note}`}`;
    counts.set(line, (counts.get(line) ?? 0) + 1);
  }
  return counts;
}

const outermost = (suite) => (suite.parent.type === "suite" ? outermost(suite.parent) : suite);
