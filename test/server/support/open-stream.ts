import { connect, type Socket } from "node:net";
import type { JobEvent } from "../../../src/rollouts/service.ts";
import { rolloutView } from "./memory-jobs.ts";

/** Events of the job that tests stream. */
export const EVENTS = "/api/v1/jobs/job_1/events";

/** A reader of a stream that shows what has come so far. */
export function openStream(port: number, headers = ""): { socket: Socket; text: () => string; closed: Promise<void> } {
  let text = "";
  const socket = connect(port, "127.0.0.1", () =>
    socket.write(`GET ${EVENTS} HTTP/1.1\r\nhost: localhost\r\n${headers}\r\n`),
  );
  socket.on("data", (chunk) => (text += chunk.toString()));
  const closed = new Promise<void>((resolve) => socket.on("close", () => resolve()));
  return { socket, text: () => text, closed };
}

/** Events that wait until the context ends. */
export async function* endless(signal: AbortSignal): AsyncGenerator<JobEvent> {
  yield { type: "rollout", sequence: 1, rollout: rolloutView("job_1", 1) };
  await new Promise((_resolve, reject) => signal.addEventListener("abort", () => reject(signal.reason as Error)));
}
