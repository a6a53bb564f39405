/** What stands where a secret was. */
export const REDACTED = "[redacted]";

const SECRET_NAMES = new Set([
  "authorization",
  "proxy-authorization",
  "api_key",
  "apikey",
  "api-key",
  "x-api-key",
  "key",
  "token",
  "secret",
  "password",
  "cookie",
  "set-cookie",
]);

/** How deep records are followed; what lies deeper is left out. */
const MAX_DEPTH = 6;

/**
 * A copy of log fields that is safe to write: members named like secrets are replaced at any depth, bearer tokens and
 * passwords in URLs are cut out of texts, errors become plain objects with code, message and stack.
 */
export function redact(value: unknown, depth = 0): unknown {
  if (typeof value === "string") return redactText(value);
  if (typeof value !== "object" || value === null || value instanceof Date) return value;
  if (depth >= MAX_DEPTH) return "[too deep]";
  if (value instanceof Error) return redact(errorFields(value), depth);
  if (Array.isArray(value)) return value.map((item) => redact(item, depth + 1));
  return Object.fromEntries(
    Object.entries(value).map(([name, member]) => [
      name,
      SECRET_NAMES.has(name.toLowerCase()) && member !== undefined && member !== null
        ? REDACTED
        : redact(member, depth + 1),
    ]),
  );
}

function redactText(text: string): string {
  return text
    .replaceAll(/\bBearer\s+[\w.~+/=-]+/gi, `Bearer ${REDACTED}`)
    .replaceAll(/([a-z][a-z+.-]*:\/\/[^\s/:@]*):[^\s/@]+@/gi, `$1:${REDACTED}@`);
}

function errorFields(error: Error): Record<string, unknown> {
  const { code, context } = error as { code?: unknown; context?: unknown };
  const cause = error.cause === undefined ? {} : { cause: error.cause };
  return {
    name: error.name,
    ...(code === undefined ? {} : { code }),
    message: error.message,
    ...(context === undefined ? {} : { context }),
    stack: error.stack,
    ...cause,
  };
}
