/** One complaint about a request, as FastAPI words it. */
export interface Problem {
  readonly type: string;
  readonly loc: readonly (string | number)[];
  readonly msg: string;
  readonly input: unknown;
  readonly ctx?: Readonly<Record<string, unknown>>;
  readonly url?: string;
}

/** An answer that is no result, in FastAPI's form: a status, and `detail` in the body. Control flow of this dialect alone. */
export class Refusal extends Error {
  readonly status: number;
  readonly detail: string | readonly Problem[];

  constructor(status: number, detail: string | readonly Problem[]) {
    super(typeof detail === "string" ? detail : detail.map(({ loc, msg }) => `${loc.join(".")}: ${msg}`).join("; "));
    this.status = status;
    this.detail = detail;
  }
}

/** Most problems that one answer names. */
const MAX_PROBLEMS = 100;
/** Longest text and largest array or object of a request that its refusal repeats; else a million lines come back. */
const MAX_ECHO = 16_384;

/** 422 with every problem that was found. */
export function unprocessable(problems: readonly Problem[]): Refusal {
  return new Refusal(
    422,
    problems.slice(0, MAX_PROBLEMS).map((problem) => ({ ...problem, input: echo(problem.input) })),
  );
}

/** A problem of pydantic's own kinds, with the link to its documentation. */
export function pydanticProblem(problem: Omit<Problem, "url">): Problem {
  return { ...problem, url: `https://errors.pydantic.dev/2.6/v/${problem.type}` };
}

/** A problem of a value that has the right type: what the original fails at later, or lets pass. */
export function valueProblem(loc: Problem["loc"], reason: string, input: unknown): Problem {
  return pydanticProblem({ type: "value_error", loc, msg: `Value error, ${reason}`, input, ctx: { error: reason } });
}

/** 422 for one such value. */
export function badValue(loc: Problem["loc"], reason: string, input: unknown): Refusal {
  return unprocessable([valueProblem(loc, reason, input)]);
}

function echo(input: unknown): unknown {
  if (typeof input === "string") return input.length > MAX_ECHO ? `${input.slice(0, MAX_ECHO)}…` : input;
  if (typeof input === "number" && !Number.isFinite(input)) return String(input);
  if (typeof input !== "object" || input === null) return input;
  return (JSON.stringify(input)?.length ?? 0) > MAX_ECHO ? null : input;
}
