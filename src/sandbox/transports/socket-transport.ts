import type { Socket } from "node:net";
import type { AgentTransport } from "../agent/transport.ts";
import type { SandboxEnd } from "../faults.ts";

/** The agent over a connected socket, whatever its family. */
export function socketTransport(socket: Socket, diagnose: () => Promise<SandboxEnd>): AgentTransport {
  return { input: socket, output: socket, diagnose, destroy: () => socket.destroy() };
}
