import type { Duplex } from "node:stream";
import type { AgentTransport } from "../agent/transport.ts";
import type { SandboxEnd } from "../faults.ts";
import { Demux } from "./demux.ts";

const STDERR_KEPT = 4096;

/** The agent over the engine's attach stream. What the agent writes to standard error explains its end. */
export function attachTransport(stream: Duplex, diagnose: (stderr: string) => Promise<SandboxEnd>): AgentTransport {
  let stderr = "";
  const output = new Demux((data) => {
    stderr = (stderr + data.toString("utf8")).slice(-STDERR_KEPT);
  });
  stream.pipe(output);
  // pipe() does not carry errors or an early close on; both are the stream's end.
  stream.on("error", () => output.end());
  stream.on("close", () => output.end());
  return {
    input: stream,
    output,
    diagnose: () => diagnose(stderr.trim()),
    destroy: () => stream.destroy(),
  };
}
