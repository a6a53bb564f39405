export { type CodeTest, GymUnitTests, testsOf, valuesProblem } from "./code-tests.ts";
export {
  asciiDigits,
  equalValue,
  type ExactValue,
  OutputComparison,
  parsePythonJson,
  pythonStrip,
  pythonWords,
  textOf,
  ValueComparison,
} from "./compare/index.ts";
export { CodeExtraction, extractLastFence } from "./extract/index.ts";
export { GYM_PRELUDE } from "./harness/index.ts";
export { Scoring, scoringProblem } from "./score/index.ts";
export { judgedText } from "./judged-text.ts";
export type {
  Answer,
  AssertionTests,
  CaseTests,
  Checker,
  CheckerCase,
  CheckerTests,
  ProgramTests,
  ProjectTests,
  Submission,
  Tests,
} from "./submission.ts";
export { unanswered } from "./verdict.ts";
export { answerVerdict } from "./math/answer-verdict.ts";
export { sameAnswer } from "./math/same-answer.ts";
export type { AnswerSubmission } from "./math/submission.ts";
export { withoutDelimiters } from "./math/without-delimiters.ts";
export { readDeclaration } from "./program-texts/program-texts.ts";
export { type VerificationService, Verifier } from "./verifier.ts";
export { matchBounded, type RegexMatches } from "./text/bounded-regex.ts";
export { gymLastBoxed, gymLastClosedBoxed, stripTextWrappers } from "./text/gym-boxed.ts";
export { pythonRegexProblem, translatePythonRegex, type TranslatedRegex } from "./text/python-regex.ts";
