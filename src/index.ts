/** What environments and programs import from `sandlot`. Adding a name here makes it public; removing one breaks somebody. */
export { defineResource } from "./resources/definition.ts";
export type {
  ResourceDefinition,
  ResourceInput,
  ResourceServices,
  SubmittedAnswer,
  SubmittedProgram,
  VerifyInput,
} from "./resources/definition.ts";
export type { ToolReply, ToolSession, ToolSessionOptions } from "./resources/tool-session/index.ts";
export {
  CodeExtraction,
  extractLastFence,
  GYM_PRELUDE,
  GymUnitTests,
  OutputComparison,
  Scoring,
  readDeclaration,
  scoringProblem,
  judgedText,
  testsOf,
  unanswered,
  ValueComparison,
  valuesProblem,
} from "./verification/index.ts";
export {
  asciiDigits,
  equalValue,
  gymLastBoxed,
  gymLastClosedBoxed,
  matchBounded,
  parsePythonJson,
  pythonRegexProblem,
  pythonStrip,
  pythonWords,
  stripTextWrappers,
  translatePythonRegex,
} from "./verification/index.ts";
export type { Answer, CodeTest, ExactValue, RegexMatches, Tests, TranslatedRegex } from "./verification/index.ts";
export type { OutputItem, ResponseObject } from "./contract/responses.ts";
export { answerVerdict, sameAnswer, withoutDelimiters } from "./verification/index.ts";
export { outputText } from "./contract/responses.ts";
export type { Verdict } from "./contract/verdict.ts";
export type { CallContext } from "./core/context.ts";
export { SandlotError } from "./core/errors/sandlot-error.ts";
