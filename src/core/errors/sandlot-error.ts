import { ERROR_FACTS, type ErrorCode, type ErrorDomain, type RetryClass } from "./codes.ts";
import type { ErrorContext, FieldProblem } from "./contexts.ts";

/** The wire and log form of an error. */
export interface ErrorReport {
  readonly code: ErrorCode;
  readonly message: string;
  readonly context: Readonly<Record<string, unknown>>;
  readonly hint: string;
  readonly retry: RetryClass;
}

/** The only error class of the project: a stable code, a typed context, and the facts of the table. */
export class SandlotError<C extends ErrorCode = ErrorCode> extends Error {
  override readonly name = "SandlotError";
  readonly code: C;
  readonly context: ErrorContext<C>;

  constructor(code: C, context: ErrorContext<C>, options?: ErrorOptions) {
    super(describe(code, context as Readonly<Record<string, unknown>>), options);
    this.code = code;
    this.context = context;
  }

  get status(): number {
    return ERROR_FACTS[this.code].status;
  }

  get retry(): RetryClass {
    return ERROR_FACTS[this.code].retry;
  }

  get domain(): ErrorDomain {
    return ERROR_FACTS[this.code].domain;
  }

  get hint(): string {
    return ERROR_FACTS[this.code].hint;
  }

  report(): ErrorReport {
    const { code, message, hint, retry } = this;
    return { code, message, context: this.context as Readonly<Record<string, unknown>>, hint, retry };
  }

  /** Whether `error` is a SandlotError, with this code when one is given. */
  static is<K extends ErrorCode>(error: unknown, code?: K): error is SandlotError<K> {
    return error instanceof SandlotError && (code === undefined || error.code === code);
  }

  /** `error` itself when it is coded, else an `internal` error that keeps it as its cause. */
  static from(error: unknown): SandlotError {
    if (SandlotError.is(error)) return error;
    return new SandlotError("internal", { detail: messageOf(error) }, { cause: error });
  }
}

/** The message of anything that was thrown. */
export function messageOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  // Node's connection errors put the useful part into the cause or the aggregated errors, or only into the code.
  if (error instanceof AggregateError && !error.message) return error.errors.map(messageOf).join("; ");
  return error.message || (error as NodeJS.ErrnoException).code || error.name;
}

function describe(code: ErrorCode, context: Readonly<Record<string, unknown>>): string {
  const words = code.replaceAll("_", " ");
  if (Array.isArray(context["fields"])) {
    const where = typeof context["line"] === "number" ? ` (line ${context["line"]})` : "";
    const fields = (context["fields"] as FieldProblem[]).map((f) => (f.field ? `${f.field}: ${f.problem}` : f.problem));
    return `${words}${where}: ${fields.join("; ")}`;
  }
  const parts = Object.entries(context)
    .filter(([, value]) => value !== undefined && value !== "")
    .map(([key, value]) => (key === "detail" ? String(value) : `${key.replaceAll("_", " ")} ${String(value)}`));
  return parts.length > 0 ? `${words}: ${parts.join(", ")}` : words;
}
