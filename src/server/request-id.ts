import { randomHex } from "../core/random-hex.ts";

/**
 * An id for a request, in time order like those of `newId`. Not from there: every request has one, and a UUID with random
 * bytes of its own is a noticeable part of what a short request costs.
 */
export function newRequestId(now: number): string {
  return `req_${now.toString(16).padStart(12, "0")}${randomHex(10)}`;
}
