import { connect, type Socket } from "node:net";
import { type Clock, sleep } from "../../core/clock.ts";
import { type CallContext, throwIfEnded } from "../../core/context.ts";

export interface TcpAddress {
  readonly host: string;
  readonly port: number;
}

/** Between two attempts: an agent listens a few dozen milliseconds after its sandbox has started. */
const AGAIN_MS = 50;
/** Longest single attempt: a packet that a starting network has lost is sent again after a second. */
const ATTEMPT_MS = 2_000;
/** A peer that has vanished without a word is noticed a minute or two later. */
const KEEP_ALIVE_MS = 15_000;

/** Connects to an agent that may not listen yet: tries until it does, or until the context ends. */
export async function connectTcp(ctx: CallContext, address: TcpAddress, clock: Clock): Promise<Socket> {
  for (;;) {
    throwIfEnded(ctx);
    const socket = await attempt(ctx, address, clock);
    if (socket) return socket;
    await sleep(clock, AGAIN_MS, ctx.signal);
  }
}

/** Null when nobody answers. */
function attempt(ctx: CallContext, address: TcpAddress, clock: Clock): Promise<Socket | null> {
  return new Promise((resolve) => {
    const socket = connect({ ...address, noDelay: true, keepAlive: true, keepAliveInitialDelay: KEEP_ALIVE_MS });
    const giveUp = () => socket.destroy();
    const cancelTimer = clock.after(ATTEMPT_MS, giveUp);
    ctx.signal.addEventListener("abort", giveUp, { once: true });
    const settle = (connected: Socket | null) => {
      cancelTimer();
      ctx.signal.removeEventListener("abort", giveUp);
      resolve(connected);
    };
    socket.once("connect", () => settle(socket));
    // The close that follows is what counts.
    socket.on("error", () => undefined);
    socket.once("close", () => settle(null));
  });
}
