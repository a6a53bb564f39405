/** A vitest reporter whose last line is the sum of the run, in a form that people and CI read alike. */
export default class ClosingLine {
  onTestRunEnd(modules, errors) {
    const tests = modules.flatMap((module) => Array.from(module.children.allTests()));
    const count = (state) => tests.filter((test) => test.result().state === state).length;
    for (const test of tests) {
      const result = test.result();
      if (result.state === "skipped") console.log(`skipped: ${test.fullName}${result.note ? ` (${result.note})` : ""}`);
    }
    const broken = modules.filter((module) => module.errors().length > 0).length;
    const failed = count("failed") + broken + errors.length;
    console.log(`${count("passed")} passed, ${failed} failed, ${count("skipped")} skipped`);
  }
}
