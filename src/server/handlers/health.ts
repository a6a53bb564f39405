import { openApiDocument } from "../../contract/openapi.ts";
import type { HandlersOf } from "../route-types.ts";

export interface HealthOptions {
  /** Check name to `ok` or what is wrong. */
  ready: () => Promise<Record<string, string>>;
  /** Of the API document. */
  version: string;
}

/** Handlers for probes, and the API's description of itself. */
export function healthHandlers({ ready, version }: HealthOptions): HandlersOf<"health" | "ready" | "openapi"> {
  const document = openApiDocument({ version });
  return {
    async health() {
      return { body: { status: "ok" } };
    },
    async ready() {
      const checks = await ready();
      const isReady = Object.values(checks).every((check) => check === "ok");
      return { status: isReady ? 200 : 503, body: { status: isReady ? "ready" : "not_ready", checks } };
    },
    async openapi() {
      return { body: document };
    },
  };
}
