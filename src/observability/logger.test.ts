import { expect, test } from "vitest";
import { SandlotError } from "../core/errors/sandlot-error.ts";
import { createLogger, type LoggerOptions } from "./logger.ts";

function logged(options: LoggerOptions): { logger: ReturnType<typeof createLogger>; lines: string[] } {
  const lines: string[] = [];
  return { logger: createLogger({ ...options, output: { write: (line) => lines.push(line) } }), lines };
}

test("records are flat JSON with the fields of their parents", () => {
  const { logger, lines } = logged({ format: "json" });
  logger.child({ job_id: "job_1" }).child({ rollout_id: "rol_1" }).warn({ attempts: 2 }, "retried");
  logger.debug({}, "not written");
  expect(lines).toHaveLength(1);
  expect(JSON.parse(lines[0] ?? "")).toMatchObject({
    level: "warn",
    job_id: "job_1",
    rollout_id: "rol_1",
    attempts: 2,
    msg: "retried",
  });
});

test.each(["json", "pretty"] as const)("secrets are never written as %s", (format) => {
  const { logger, lines } = logged({ format, level: "debug" });
  const nested = { headers: { Authorization: "Bearer hidden" }, models: [{ api_key: "hidden", name: "m" }] };
  logger.child({ token: "hidden" }).info(nested, "sent Bearer hidden");
  logger.error({ key: "hidden", error: new Error("postgres://u:hidden@h/d failed") }, "x");
  expect(lines.join("")).not.toContain("hidden");
  expect(lines.join("")).toContain("m");
});

test("errors keep code, message, stack and cause", () => {
  const { logger, lines } = logged({ format: "json" });
  logger.error({ error: new SandlotError("internal", { detail: "a" }, { cause: new Error("b") }) }, "failed");
  const { error } = JSON.parse(lines[0] ?? "") as { error: Record<string, unknown> };
  expect(error).toMatchObject({ code: "internal", message: "internal: a", cause: { message: "b" } });
  expect(error["stack"]).toContain("logger.test");
});

test("pretty lines are short, with the stack below", () => {
  const { logger, lines } = logged({ format: "pretty" });
  logger.info({ port: 7461, path: "/a b" }, "listening");
  logger.error({ error: new Error("boom") }, "failed");
  expect(lines[0]).toMatch(/^\d\d:\d\d:\d\d info {2}listening port=7461 path="\/a b"\n$/);
  expect(lines[1]).toMatch(/error failed\nError: boom\n {4}at /);
});

test("odd values cannot break a record", () => {
  const { logger, lines } = logged({ format: "json" });
  const loop: Record<string, unknown> = { big: 1n, fn: () => 1, missing: undefined, at: new Date(0) };
  loop["self"] = loop;
  logger.info({ loop }, "odd");
  expect(() => JSON.parse(lines[0] ?? "") as unknown).not.toThrow();
});
