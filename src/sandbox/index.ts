export { explainedLimit, lastLines } from "./explain.ts";
export { candidateCouldCause, type FaultCause, faultCause, sandboxLost } from "./faults.ts";
export type { SandboxLease, SandboxPool } from "./pool/lease.ts";
export { DEFAULT_POOL_LIMITS, type PoolLimits, type PoolSizes, type ServerLimits } from "./pool/limits.ts";
export { type PoolsOptions, SandboxPools } from "./pool/pools.ts";
export type { PoolsAdmin, PoolStats, PoolView, SandboxView } from "./pool/views.ts";
export type { SelfTestReport } from "./self-test/index.ts";
export { Reaper } from "./reaper.ts";
export type { ProviderReport, Sandbox, SandboxListing, SandboxOwner, SandboxProvider } from "./port.ts";
export type {
  BridgedTests,
  CapturedOutput,
  HeldBytes,
  InputFile,
  OutputFile,
  OutputRequest,
  Program,
  RunLimits,
  RunRequest,
  RunResult,
  RunTimes,
} from "./run.ts";
export type * from "./session.ts";
export {
  type CatalogueLanguage,
  fillCommand,
  fillEnvironment,
  type ImageCatalogue,
  type ImageLanguage,
  type ImageSource,
  type ManifestLimits,
  readCatalogue,
  type ResolvedLanguage,
  smokeTestFile,
} from "./images/index.ts";
export { SANDBOX_MODES, type SandboxMode, type SandboxSpec } from "./spec.ts";
