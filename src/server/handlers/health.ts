import { openApiDocument } from "../../contract/openapi.ts";
import type { HandlersOf } from "../route-types.ts";

export interface ProbeOptions {
  /** Check name to `ok` or what is wrong. */
  ready: () => Promise<Record<string, string>>;
}

export interface HealthOptions extends ProbeOptions {
  /** Of the API document. */
  version: string;
}

/** Answers of the probes. */
export function probes({ ready }: ProbeOptions) {
  return {
    async health() {
      return { status: 200, body: { status: "ok" as const } };
    },
    async ready() {
      const checks = await ready();
      const isReady = Object.values(checks).every((check) => check === "ok");
      const status = isReady ? ("ready" as const) : ("not_ready" as const);
      return { status: isReady ? 200 : 503, body: { status, checks } };
    },
  };
}

/** Handlers for probes, and the API's description of itself. */
export function healthHandlers({ ready, version }: HealthOptions): HandlersOf<"health" | "ready" | "openapi"> {
  const document = openApiDocument({ version });
  return {
    ...probes({ ready }),
    async openapi() {
      return { body: document };
    },
  };
}
