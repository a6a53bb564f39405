export type { AnswerRequest, StandInOptions } from "./options.ts";
export { type StandIn, type StandInReplica, startStandIn } from "./start-stand-in.ts";
