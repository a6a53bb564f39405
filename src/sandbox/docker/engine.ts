import { Agent } from "node:http";
import Docker from "dockerode";
import { type CallContext, orAborted } from "../../core/context.ts";
import { messageOf, SandlotError } from "../../core/errors/sandlot-error.ts";

/** Longest silence of the engine on a short call. */
const SHORT_CALL_MS = 60_000;

/** The engine through two clients: short calls have an idle limit, streams must not. */
export interface Engine {
  readonly short: Docker;
  readonly streams: Docker;
}

export function connectEngine(socketPath: string): Engine {
  // Each call on a connection of its own: on one that was kept, the engine's hanging up would look like its absence.
  const common = { socketPath, agent: new Agent({ keepAlive: false }) };
  return { short: new Docker({ ...common, timeout: SHORT_CALL_MS }), streams: new Docker(common) };
}

/** A stream that the engine opens while the context lasts; one that comes later is closed. */
export async function openedStream<T extends { destroy(): unknown }>(
  ctx: CallContext,
  opening: Promise<T>,
): Promise<T> {
  try {
    return await orAborted(ctx, opening);
  } catch (error) {
    opening.then(
      (late) => late.destroy(),
      () => undefined,
    );
    throw error;
  }
}

/** HTTP status of an engine's refusal, or null when the engine was not reached. */
export function engineStatus(error: unknown): number | null {
  const status = (error as { statusCode?: unknown } | null)?.statusCode;
  return typeof status === "number" ? status : null;
}

/** The coded error of a failed engine call while making a sandbox. */
export function engineError(error: unknown): SandlotError {
  if (SandlotError.is(error)) return error;
  const status = engineStatus(error);
  const detail = messageOf(error);
  if (status === null)
    return new SandlotError("provider_unavailable", { provider: "docker", detail }, { cause: error });
  return new SandlotError(
    "sandbox_create_failed",
    { detail: `the engine answered ${status}: ${detail}` },
    { cause: error },
  );
}

/** Calls for which "already so" is success: 304 not modified, 404 gone, 409 removal in progress. */
export async function ignoreGone(call: Promise<unknown>): Promise<void> {
  try {
    await call;
  } catch (error) {
    if (![304, 404, 409].includes(engineStatus(error) ?? 0)) throw error;
  }
}

/** Ends a container and takes it away. When this settles it is gone, also if somebody else, or its own end, was first. */
export async function removeContainer(container: Docker.Container): Promise<void> {
  try {
    await container.remove({ force: true, v: true });
  } catch (error) {
    if (engineStatus(error) === 404) return;
    if (engineStatus(error) !== 409) throw error;
    await ignoreGone(container.wait({ condition: "removed" }));
  }
}

/** What a removal did: taken away or gone already, or left, since it is in use (409). */
export async function removedOrInUse(removal: Promise<unknown>): Promise<"removed" | "absent" | "in_use"> {
  try {
    await removal;
    return "removed";
  } catch (error) {
    if (engineStatus(error) === 404) return "absent";
    if (engineStatus(error) === 409) return "in_use";
    throw error;
  }
}
