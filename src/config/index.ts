export type { ApiKey, Config, ModelSettings } from "./config.ts";
export { type ExplainedSetting, explain } from "./explain.ts";
export type { Flag } from "./flag-layer.ts";
export { type ReplicaConfig, replicaId } from "./model-schema.ts";
export { readReplicasFile } from "./replicas-file.ts";
export { loadConfig, type LoadedConfig, type LoadOptions } from "./load.ts";
