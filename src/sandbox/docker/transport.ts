import type { Duplex, Readable } from "node:stream";
import type { AgentTransport } from "../agent/transport.ts";
import type { SandboxEnd } from "../faults.ts";
import { Demux } from "./demux.ts";

const STDERR_KEPT = 4096;

/** The two streams of a container. What the agent writes to standard error explains its end. */
interface ContainerOutput {
  readonly stdout: Readable;
  readonly stderr: () => string;
}

function separate(stream: Readable): ContainerOutput {
  let stderr = "";
  const stdout = new Demux((data) => {
    stderr = (stderr + data.toString("utf8")).slice(-STDERR_KEPT);
  });
  stream.pipe(stdout);
  // pipe() does not carry errors or an early close on; both are the stream's end.
  stream.on("error", () => stdout.end());
  stream.on("close", () => stdout.end());
  return { stdout, stderr: () => stderr.trim() };
}

type Diagnose = (stderr: string) => Promise<SandboxEnd>;

/** The agent over the engine's attach stream. */
export function attachTransport(stream: Duplex, diagnose: Diagnose): AgentTransport {
  const { stdout, stderr } = separate(stream);
  return {
    input: stream,
    output: stdout,
    diagnose: () => diagnose(stderr()),
    destroy: () => stream.destroy(),
  };
}

/** A container that is only watched by way of the engine's attach stream. */
export interface WatchedContainer {
  diagnose(): Promise<SandboxEnd>;
  /** Settles when the container has ended, or the stream. */
  readonly ended: Promise<void>;
  destroy(): void;
}

export function watchContainer(stream: Readable, diagnose: Diagnose): WatchedContainer {
  const { stdout, stderr } = separate(stream);
  const ended = new Promise<void>((resolve) => stdout.resume().once("close", resolve));
  return { diagnose: () => diagnose(stderr()), ended, destroy: () => stream.destroy() };
}
