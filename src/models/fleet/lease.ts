import type { CallContext } from "../../core/context.ts";
import { throwIfEnded } from "../../core/context.ts";
import { SandlotError } from "../../core/errors/sandlot-error.ts";
import type { Balancer, CallFacts, Lease, Refusal } from "../balancer/index.ts";

/** Waits for a lease. Throws `model_overloaded` or `model_unavailable` when there is none in time, or the context's reason. */
export async function leaseOf(ctx: CallContext, name: string, balancer: Balancer, facts: CallFacts): Promise<Lease> {
  throwIfEnded(ctx);
  const asked = balancer.acquire(facts);
  if (asked.kind === "lease") return asked;
  if (asked.kind === "refusal") throw refusalError(name, asked);
  return new Promise<Lease>((resolve, reject) => {
    const onAbort = () => {
      // First, for to cancel settles the ticket at once.
      reject(ctx.signal.reason as Error);
      asked.cancel();
    };
    ctx.signal.addEventListener("abort", onAbort, { once: true });
    asked.onSettled((result) => {
      ctx.signal.removeEventListener("abort", onAbort);
      if (result.kind === "lease") resolve(result);
      else reject(refusalError(name, result));
    });
  });
}

const WHY = {
  none_ready: "no replica of the fleet was ready in time",
  no_room: "every replica of the fleet was full until the deadline",
} as const;

function refusalError(model: string, refusal: Refusal): SandlotError {
  switch (refusal.reason) {
    case "queue_full":
      return overloaded(model, "as many calls wait as may wait", refusal.retryAfterSeconds);
    case "deadline":
      return refusal.because === "none_ready"
        ? new SandlotError("model_unavailable", {
            model,
            detail: WHY.none_ready,
            retry_after: refusal.retryAfterSeconds,
          })
        : overloaded(model, WHY.no_room, refusal.retryAfterSeconds);
    case "cancelled":
    case "closed":
      return new SandlotError("shutting_down", { detail: `the fleet ${model} is closed` });
  }
}

function overloaded(model: string, detail: string, seconds: number): SandlotError {
  return new SandlotError("model_overloaded", { model, detail, retry_after: seconds });
}
