/** Structured log fields; ids always go by the same names: `job_id`, `rollout_id`, `attempt_id`, `sandbox_id`. */
export type LogFields = Readonly<Record<string, unknown>>;

/** Where log records go. Object first, then message. Passed in, never ambient. */
export interface Logger {
  debug(fields: LogFields, message: string): void;
  info(fields: LogFields, message: string): void;
  warn(fields: LogFields, message: string): void;
  error(fields: LogFields, message: string): void;
  child(fields: LogFields): Logger;
}

export const silentLogger: Logger = {
  debug: () => undefined,
  info: () => undefined,
  warn: () => undefined,
  error: () => undefined,
  child: () => silentLogger,
};
