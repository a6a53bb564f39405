import type { ResourceServices } from "../../src/resources/index.ts";

const unasked = () => Promise.reject(new Error("no sandbox was asked for"));

/** The services of a resource that is not to use any. */
export const NO_SANDBOXES: ResourceServices = { verify: unasked, verifyAnswer: unasked, openSession: unasked };
