import type { Request } from "express";
import { z } from "zod";
import { pathParameters } from "../contract/openapi.ts";
import { PrintableParameter } from "../contract/printable.ts";
import type { Route } from "../contract/routes.ts";
import type { FieldProblem } from "../core/errors/contexts.ts";
import { SandlotError } from "../core/errors/sandlot-error.ts";
import { parseJson } from "../core/json/parse.ts";
import { checkDepth } from "./json-depth.ts";
import { bounded, problemsOf } from "../contract/problems.ts";

/** The parts of a request that a route's schemas have accepted. */
export interface ValidInput {
  readonly params: Readonly<Record<string, string>>;
  readonly query: unknown;
  readonly headers: unknown;
  readonly body: unknown;
  readonly text: string;
}

/** Checks a request against the schemas of one route. */
export type InputValidator = (req: Request, text: string) => ValidInput;

/**
 * A validator for one route. It throws `invalid_json`, or one `invalid_request` with all problems of path, query,
 * headers and body. Unknown query parameters are refused: a misspelled filter would answer what nobody asked for.
 */
export function inputValidator(route: Route): InputValidator {
  const names = pathParameters(route.path);
  const params =
    names.length > 0 ? z.object(Object.fromEntries(names.map((name) => [name, PrintableParameter]))) : undefined;
  const query = route.query?.strict();
  // A route without a body takes none; an empty object, which many clients send, says as little.
  const body = typeof route.body === "object" ? route.body : z.strictObject({}).optional();
  const mayBeEmpty = body.safeParse(undefined).success;
  return (req, text) => {
    const problems: FieldProblem[] = [];
    const check = <T>(schema: z.ZodType<T> | undefined, value: unknown): T | undefined => {
      const result = schema?.safeParse(value);
      if (result?.error) problems.push(...problemsOf(result.error));
      return result?.data;
    };
    const input = {
      params: check(params, req.params) ?? {},
      query: query && check(query, req.query),
      headers: check(route.headers, req.headers),
      body: check(body, bodyValue(text, mayBeEmpty)),
      text,
    };
    if (problems.length > 0) throw new SandlotError("invalid_request", { fields: bounded(problems) });
    return input;
  };
}

function bodyValue(text: string, mayBeEmpty: boolean): unknown {
  if (text === "" && mayBeEmpty) return undefined;
  if (text === "") throw new SandlotError("invalid_json", { detail: "the body is empty" });
  checkDepth(text);
  return parseJson(text);
}
