import { destination, type Logger as PinoLogger, pino } from "pino";
import type { LogFields, Logger } from "../core/logger.ts";
import pc from "picocolors";
import { createPrettyLine } from "./pretty.ts";
import { redact } from "./redact.ts";

export interface LoggerOptions {
  /** Least level that is written. Default `info`. */
  level?: "debug" | "info" | "warn" | "error" | undefined;
  /** `auto` is `pretty` on a terminal, else `json`. Default `auto`. */
  format?: "auto" | "json" | "pretty" | undefined;
  /** Takes whole lines. Default: standard error, written at once, so that a crash loses none. */
  output?: { write(line: string): void };
}

/** A logger over pino. Secrets are redacted (redact.ts); standard output is never touched. */
export function createLogger(options: LoggerOptions = {}): Logger {
  const output = options.output ?? destination({ fd: 2, sync: true });
  const format = options.format ?? "auto";
  const isPretty = format === "pretty" || (format === "auto" && process.stderr.isTTY);
  const prettyLine = createPrettyLine(pc.isColorSupported && options.output === undefined && process.stderr.isTTY);
  const target = isPretty ? { write: (line: string) => output.write(prettyLine(line)) } : output;
  const settings = {
    level: options.level ?? "info",
    base: null,
    formatters: { level: (label: string) => ({ level: label }) },
  };
  return wrap(pino(settings, target));
}

function wrap(inner: PinoLogger): Logger {
  // Checked first: a debug line that nobody reads costs no copy of its fields.
  const at = (level: "debug" | "info" | "warn" | "error") => (fields: LogFields, message: string) => {
    if (inner.isLevelEnabled(level)) inner[level](redact(fields) as LogFields, redact(message) as string);
  };
  return {
    debug: at("debug"),
    info: at("info"),
    warn: at("warn"),
    error: at("error"),
    child: (fields) => wrap(inner.child(redact(fields) as LogFields)),
  };
}
