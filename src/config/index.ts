export type { ApiKey, Config, ModelSettings } from "./config.ts";
export { isLoopbackHost } from "./cross-checks.ts";
export { type ExplainedSetting, explain } from "./explain.ts";
export type { Flag } from "./flag-layer.ts";
export { DEFAULT_FILE, loadConfig, type LoadedConfig, type LoadOptions } from "./load.ts";
