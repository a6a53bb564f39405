/** What environments and programs import from `sandlot`. Adding a name here makes it public; removing one breaks somebody. */
export { defineResource, unanswered } from "./resources/definition.ts";
export type {
  ResourceDefinition,
  ResourceInput,
  ResourceServices,
  SubmittedProgram,
  VerifyInput,
} from "./resources/definition.ts";
export { extractGymCode, GYM_PRELUDE, GymUnitTests, testsOf } from "./verification/index.ts";
export type { CodeTest, Tests } from "./verification/index.ts";
export type { Verdict } from "./contract/verdict.ts";
export type { CallContext } from "./core/context.ts";
export { SandlotError } from "./core/errors/sandlot-error.ts";
