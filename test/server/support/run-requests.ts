import type { FieldProblem } from "../../../src/core/errors/contexts.ts";
import type { Harness, Reply } from "./serve.ts";

export const RUNS = "/api/v1/runs";
export const BATCHES = "/api/v1/batches";

export const PROGRAM = { language: "python", code: "print(1)" };

/** Posts a body, given as an object or as its text. */
export function post({ send }: Harness, path: string, body: object | string, headers = {}): Promise<Reply> {
  return send({ path, headers, body: typeof body === "string" ? body : JSON.stringify(body) });
}

/** The problems of a request that is refused. */
export function problemsIn(reply: Reply): FieldProblem[] {
  return (reply.error.context["fields"] ?? []) as FieldProblem[];
}

/** The events of a stream that has ended: name and data. */
export function eventsOf(reply: Reply): [string, Record<string, unknown>][] {
  return Array.from(reply.text.matchAll(/^event: (.*)\ndata: (.*)$/gm), ([, name = "", data = ""]) => [
    name,
    JSON.parse(data) as Record<string, unknown>,
  ]);
}
