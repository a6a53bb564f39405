export { type CodeTest, GymUnitTests, testsOf } from "./code-tests.ts";
export { OutputComparison } from "./compare/index.ts";
export { CodeExtraction, extractGymCode } from "./extract/index.ts";
export { GYM_PRELUDE } from "./harness/index.ts";
export { Scoring, scoringProblem } from "./score/index.ts";
export type { Answer, AssertionTests, CaseTests, Submission, Tests } from "./submission.ts";
export { unanswered } from "./verdict.ts";
export { type VerificationService, Verifier } from "./verifier.ts";
