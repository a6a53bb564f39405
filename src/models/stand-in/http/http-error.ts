import type { JsonObject } from "../../../core/json/parse.ts";

/** The types that vLLM gives its errors. */
const TYPES: Readonly<Record<number, string>> = {
  400: "BadRequestError",
  403: "PermissionDeniedError",
  404: "NotFoundError",
  409: "ConflictError",
  422: "UnprocessableEntityError",
  429: "TooManyRequestsError",
  500: "InternalServerError",
  501: "NotImplementedError",
  503: "Service Unavailable",
};

/** An answer that is an error in vLLM's form: `{"error": {message, type, param, code}}`, code being the status. */
export class HttpError extends Error {
  readonly status: number;
  readonly type: string;
  readonly param: string | null;
  readonly headers: Readonly<Record<string, string>>;

  constructor(
    status: number,
    message: string,
    options: { param?: string | null; type?: string; headers?: Readonly<Record<string, string>> } = {},
  ) {
    super(message);
    this.status = status;
    this.type = options.type ?? TYPES[status] ?? "InternalServerError";
    this.param = options.param ?? null;
    this.headers = options.headers ?? {};
  }

  /** `flat`: as older versions had it. */
  body({ flat = false } = {}): JsonObject {
    const error = { message: this.message, type: this.type, param: this.param, code: this.status };
    return flat ? { object: "error", ...error } : { error };
  }
}

/** A value that cannot be served: 400, with the parameter named as vLLM names it. */
export function badParameter(message: string, param: string, value?: number): HttpError {
  const shown = value === undefined ? "" : `, value=${value}`;
  return new HttpError(400, `${message} (parameter=${param}${shown})`, { param });
}

/** One problem that validation found, in pydantic's words. */
export interface Problem {
  readonly type: string;
  /** E.g. `body.temperature`. */
  readonly loc: string;
  readonly msg: string;
  readonly input: unknown;
  readonly ctx?: Readonly<Record<string, string>>;
}

/** A body or query that does not have its shape: 400, in the form of vLLM's validation errors. */
export function invalidShape(problems: readonly Problem[]): HttpError {
  const lines = problems.map(({ type, loc, msg, input, ctx }) => {
    const context = ctx
      ? `, 'ctx': {${Object.entries(ctx)
          .map(([key, value]) => `'${key}': ${pythonText(value)}`)
          .join(", ")}}`
      : "";
    return `  {'type': '${type}', 'loc': '${loc}', 'msg': ${pythonText(msg)}, 'input': ${pythonValue(input)}${context}}`;
  });
  const count = `${problems.length} validation error${problems.length === 1 ? "" : "s"}:`;
  return new HttpError(400, [count, ...lines].join("\n"), { type: "Bad Request", param: problems[0]?.loc ?? null });
}

function pythonValue(value: unknown): string {
  if (typeof value === "string") return pythonText(value.length > 200 ? `${value.slice(0, 200)}…` : value);
  if (Array.isArray(value)) return `'<list of ${value.length} items>'`;
  if (typeof value === "object" && value !== null) return `'<dict of ${Object.keys(value).length} items>'`;
  if (typeof value === "boolean") return value ? "True" : "False";
  return value === null || value === undefined ? "None" : JSON.stringify(value);
}

/** As Python's `repr` quotes it. */
function pythonText(text: string): string {
  const quote = text.includes("'") && !text.includes('"') ? '"' : "'";
  const escaped = text.replaceAll("\\", "\\\\").replaceAll("\n", "\\n");
  return quote + (quote === "'" ? escaped.replaceAll("'", "\\'") : escaped) + quote;
}
