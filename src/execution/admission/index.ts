export type { Admission } from "./admission.ts";
export { Gate, type Permit } from "./gate.ts";
