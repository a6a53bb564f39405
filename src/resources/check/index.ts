export { checkEnvironment, type CheckOptions, type CheckReport } from "./check-environment.ts";
export type { CheckedFixture } from "./check-fixture.ts";
export type { FixtureKind } from "./fixtures.ts";
export type { Margin } from "./margin.ts";
export { ProgramLog } from "./program-log.ts";
export { promptOf, readRecordings, type Recording } from "./replay.ts";
