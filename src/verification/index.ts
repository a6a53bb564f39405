export { type CodeTest, GymUnitTests, testsOf } from "./code-tests.ts";
export { extractGymCode } from "./extract/index.ts";
export { GYM_PRELUDE } from "./harness/index.ts";
export type { AssertionTests, CaseTests, Submission, Tests } from "./submission.ts";
export { type VerificationService, Verifier } from "./verifier.ts";
