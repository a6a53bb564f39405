export { GatewayListener, type GatewayListenerOptions } from "./listener.ts";
export { GatewaySession } from "./session.ts";
export { GatewaySessions } from "./sessions.ts";
