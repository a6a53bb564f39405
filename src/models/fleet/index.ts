export { type AdministeredFleet, FleetAdmin } from "./admin.ts";
export type { Member } from "./members.ts";
export { type ModelFleet, type ModelFleetOptions, openFleet } from "./open-fleet.ts";
