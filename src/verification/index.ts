export { type CodeSubmission, CodeVerifier } from "./code-verifier.ts";
export { type CodeTest, GymUnitTests, testsOf } from "./code-tests.ts";
export { type Extraction, extractGymCode } from "./extract-code.ts";
export { GYM_PRELUDE } from "./harness/index.ts";
