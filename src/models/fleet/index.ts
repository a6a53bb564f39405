export type { Member } from "./members.ts";
export { type ModelFleet, type ModelFleetOptions, openFleet } from "./open-fleet.ts";
export { PAUSE_MODES, type PauseMode, type ReplicaResult } from "./weight-updates.ts";
