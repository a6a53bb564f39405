import type { Duplex } from "node:stream";
import type { Clock } from "../../core/clock.ts";
import { type CallContext, withScope } from "../../core/context.ts";
import type { AgentTransport } from "../agent/transport.ts";
import { type SandboxEnd, sandboxFault } from "../faults.ts";
import { socketTransport } from "../transports/index.ts";
import { type Engine, openedStream } from "./engine.ts";
import type { SocketFolder } from "./socket-folder.ts";
import { attachTransport, watchContainer } from "./transport.ts";

const CONNECT_MS = 60_000;

export interface StartOptions {
  /** The sandbox, which is also the name of its container. */
  readonly id: string;
  /** Where the agent connects; null when it speaks over the engine's attach stream. */
  readonly socket: SocketFolder | null;
  readonly diagnose: (stderr: string) => Promise<SandboxEnd>;
  readonly clock: Clock;
}

/** Starts a container that has been made and answers the way to its agent. Throws a fault when the agent never comes. */
export async function startContainer(
  ctx: CallContext,
  engine: Engine,
  { id, socket, diagnose, clock }: StartOptions,
): Promise<AgentTransport> {
  const attach = { stream: true, stdout: true, stderr: true };
  const container = engine.streams.getContainer(id);
  const attached = (options: object) => {
    const scope = { timeoutMs: CONNECT_MS, waitingFor: "the engine to attach to a container", clock };
    const opening = container.attach({ ...attach, ...options }) as unknown as Promise<Duplex>;
    return withScope(ctx, scope, (within) => openedStream(within, opening));
  };
  if (!socket) {
    const stream = await attached({ stdin: true, hijack: true });
    await engine.short.getContainer(id).start();
    return attachTransport(stream, diagnose);
  }
  const watched = watchContainer(await attached({}), diagnose);
  try {
    await engine.short.getContainer(id).start();
    const scope = { timeoutMs: CONNECT_MS, waitingFor: "the sandbox's agent to connect", clock };
    const agent = await withScope(ctx, scope, (within) => Promise.race([socket.accept(within), watched.ended]));
    if (!agent) throw sandboxFault(id, await watched.diagnose());
    const transport = socketTransport(agent, () => watched.diagnose());
    return {
      ...transport,
      destroy: () => {
        transport.destroy();
        watched.destroy();
      },
    };
  } catch (error) {
    watched.destroy();
    throw error;
  }
}
