export { candidateCouldCause, type FaultCause, faultCause } from "./faults.ts";
export { DEFAULT_POOL_LIMITS, type PoolLimits } from "./pool/limits.ts";
export type { PoolsAdmin, PoolView, SandboxView } from "./pool/views.ts";
export type { PoolStats, SandboxLease, SandboxPool } from "./pool/pool.ts";
export { SandboxPools } from "./pool/pools.ts";
export { Reaper } from "./reaper.ts";
export type { ProviderReport, Sandbox, SandboxListing, SandboxOwner, SandboxProvider } from "./port.ts";
export type {
  CapturedOutput,
  HeldBytes,
  InputFile,
  LimitName,
  OutputFile,
  OutputRequest,
  Program,
  RunLimits,
  RunRequest,
  RunResult,
  RunTimes,
} from "./run.ts";
export type * from "./session.ts";
export { type ImageLanguage, ImageManifest, type ManifestLimits } from "./images.ts";
export { poolKey, SANDBOX_MODES, type SandboxMode, type SandboxSpec } from "./spec.ts";
