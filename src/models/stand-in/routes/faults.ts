import { z } from "zod";
import { faultSchema } from "../faults/fault.ts";
import type { Exchange } from "../http/exchange.ts";
import { invalidShape } from "../http/http-error.ts";

/** One fault, or `{"faults": [...]}` that replaces all. */
const bodySchema = z.union([z.strictObject({ faults: z.array(faultSchema).max(64) }), faultSchema]);

/** `GET /mock/faults`: those that are on. */
export function listFaults(exchange: Exchange): void {
  exchange.json(200, { faults: exchange.replica.faults.list() });
}

/** `POST /mock/faults`: turns on one more, or replaces all. */
export function setFaults(exchange: Exchange): void {
  const { faults } = exchange.replica;
  const body = exchange.object();
  const parsed = ("faults" in body ? bodySchema : faultSchema).safeParse(body);
  if (!parsed.success) {
    throw invalidShape(
      parsed.error.issues.map(({ code, message, path }) => ({
        type: code,
        loc: ["body", ...path.map(String)].join("."),
        msg: message,
        input: body,
      })),
    );
  }
  const { data } = parsed;
  if ("faults" in data) {
    faults.clear();
    faults.add(...data.faults);
  } else faults.add(data);
  listFaults(exchange);
}

/** `DELETE /mock/faults?kind=…`: turns off those of the kinds, or all. */
export function clearFaults(exchange: Exchange): void {
  const { faults } = exchange.replica;
  const kinds = exchange.query.getAll("kind");
  const on = faults.list().map(({ kind }) => kind);
  faults.clear(...on.filter((kind) => kinds.length === 0 || kinds.includes(kind)));
  listFaults(exchange);
}

/** `GET /mock/state`: what the engine does, and how often each endpoint for development was called. */
export function mockState(exchange: Exchange): void {
  const { driver, adminCalls, weights, settings } = exchange.replica;
  exchange.json(200, {
    replica: settings.replica,
    engine: { ...driver.engine.counters },
    paused: driver.engine.paused,
    sleep_level: driver.engine.sleepLevel,
    weight_version: weights.version,
    admin_calls: Object.fromEntries(adminCalls),
  });
}
