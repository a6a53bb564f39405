export type { Agent, AgentCall, AgentRun, AgentTask } from "./port.ts";
export { type AgentRegistry, createAgentRegistry } from "./registry.ts";
export { createSimpleAgent, type SimpleAgentOptions } from "./simple.ts";
