import { z } from "zod";
import { createDocument, type ZodOpenApiOperationObject, type ZodOpenApiResponseObject } from "zod-openapi";
import { ErrorBody } from "./errors.ts";
import { type Route, type RouteName, ROUTES } from "./routes.ts";

/** Answers with another status than the route's own and the same body. */
const OTHER_STATUS: Partial<Record<RouteName, number>> = { submitJob: 200, ready: 503 };

const STREAM_TYPES = { events: "text/event-stream", lines: "application/x-ndjson" } as const;

/** Names in a path's braces, in order. */
export function pathParameters(path: string): string[] {
  return Array.from(path.matchAll(/\{(\w+)\}/g), (match) => match[1] ?? "");
}

/** The whole API as an OpenAPI 3.1 document; it derives from the route table alone. */
export function openApiDocument(options: { version: string }): Record<string, unknown> {
  const paths: Record<string, Record<string, ZodOpenApiOperationObject>> = {};
  for (const [name, route] of Object.entries(ROUTES) as [RouteName, Route][]) {
    const methods = (paths[route.path] ??= {});
    methods[route.method.toLowerCase()] = operation(name, route);
  }
  return createDocument({
    openapi: "3.1.0",
    info: { title: "Sandlot", version: options.version, license: { name: "Apache-2.0", identifier: "Apache-2.0" } },
    servers: [{ url: "/" }],
    paths,
    components: {
      schemas: { Error: ErrorBody },
      securitySchemes: {
        bearer: {
          type: "http",
          scheme: "bearer",
          description: "An API key; none is needed where the server has none.",
        },
      },
    },
  }) as unknown as Record<string, unknown>;
}

function operation(name: RouteName, route: Route): ZodOpenApiOperationObject {
  const parameters = pathParameters(route.path);
  const path =
    parameters.length > 0 ? { path: z.object(Object.fromEntries(parameters.map((p) => [p, z.string()]))) } : {};
  return {
    operationId: name,
    summary: route.summary,
    security: route.scope === null ? [] : [{ bearer: [] }],
    requestParams: {
      ...path,
      ...(route.query && { query: route.query }),
      ...(route.headers && { header: route.headers }),
    },
    ...(route.body && { requestBody: { required: true, content: bodyContent(route.body) } }),
    responses: responses(name, route),
  };
}

function bodyContent(body: NonNullable<Route["body"]>) {
  if (body === "lines") return { "application/x-ndjson": { schema: { type: "string" as const } } };
  return { "application/json": { schema: body } };
}

function responses(name: RouteName, route: Route): Record<string, ZodOpenApiResponseObject> {
  const content =
    typeof route.response === "string"
      ? { [STREAM_TYPES[route.response]]: { schema: { type: "string" as const } } }
      : { "application/json": { schema: route.response } };
  const answers: Record<string, ZodOpenApiResponseObject> = { [route.status]: { description: route.summary, content } };
  const other = OTHER_STATUS[name];
  if (other) answers[other] = { description: route.summary, content };
  for (const [status, description] of errorsOf(route)) {
    answers[status] ??= { description, content: { "application/json": { schema: ErrorBody } } };
  }
  answers["default"] = { description: "Any other error", content: { "application/json": { schema: ErrorBody } } };
  return answers;
}

function errorsOf(route: Route): [number, string][] {
  const all: [number, string, boolean][] = [
    [
      400,
      "A field of the request is wrong; `context.fields` names it",
      Boolean(route.query ?? route.headers ?? route.body),
    ],
    [401, "No or an unknown API key", route.scope !== null],
    [403, "The key's scopes, the Host or the Origin do not allow it", true],
    [404, "Nothing by this name that the caller may see", route.path.includes("{")],
    [409, "It is in conflict with what is there", route.method === "POST"],
    [413, "The body is larger than the server takes", route.body !== undefined],
    [415, "The body is not application/json in UTF-8", route.body !== undefined],
    [429, "The caller's own quota is used up; Retry-After says when to ask again", route.hasQuota ?? false],
    [503, "The server is stopping, full, or lacks a part; Retry-After says when to ask again, if that helps", true],
  ];
  return all.filter(([, , applies]) => applies).map(([status, description]) => [status, description]);
}
