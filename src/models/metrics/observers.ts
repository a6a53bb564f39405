import type { CallUsage, Reason } from "../balancer/index.ts";

/** Whoever counts what becomes of a fleet's calls. Must not throw. */
export interface CallObserver {
  /** A call, or one more try of it, goes to a replica, after a wait of so many milliseconds. */
  placed(reason: Reason, waitedMs: number): void;
  /** It ended there: `answered`, a code of an error, or `unfit` for a replica that lacks what it needs. */
  ended(replica: string, outcome: string, usage: CallUsage | null): void;
}

/** Whoever counts what the gateway answers. Must not throw. */
export interface GatewayObserver {
  /** `route` is one of a closed list; the status is `gone` where the caller did not wait for the answer. */
  served(call: { readonly model: string; readonly route: string; readonly status: string; readonly ms: number }): void;
}
