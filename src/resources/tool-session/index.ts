export { openToolSession } from "./open.ts";
export type { ToolSessions } from "./place.ts";
export type { ToolReply, ToolSession, ToolSessionOptions } from "./tool-session.ts";
