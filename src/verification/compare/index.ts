export { compareStdout } from "./compare-stdout.ts";
export { compareValues, equalValue, ValueComparison } from "./compare-values.ts";
export { asciiDigits } from "./decimal.ts";
export type { ExactValue } from "./exact-value.ts";
export { excerpt, textOf } from "./excerpt.ts";
export { DEFAULT_COMPARISON, OutputComparison } from "./output-comparison.ts";
export { parsePythonJson } from "./python-json.ts";
export { pythonStrip, pythonWords } from "./python-text.ts";
export { parseTaggedJson } from "./tagged-json.ts";
