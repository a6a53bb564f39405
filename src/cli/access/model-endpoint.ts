import { messageOf, SandlotError } from "../../core/errors/sandlot-error.ts";

/** Milliseconds for an endpoint's list of models. */
const TIMEOUT_MS = 5_000;

/** Names that an OpenAI-compatible endpoint lists under GET /models. Throws `model_unreachable` and `model_bad_response`. */
export async function listEndpointModels(url: string, apiKey?: string): Promise<string[]> {
  const fault = (code: "model_unreachable" | "model_bad_response", detail: string, status?: number) =>
    new SandlotError(code, { model: url, detail, ...(status === undefined ? {} : { status }) });
  const headers = apiKey === undefined ? {} : { authorization: `Bearer ${apiKey}` };
  let response: Response;
  let body: unknown;
  try {
    response = await fetch(modelsUrl(url), { headers, signal: AbortSignal.timeout(TIMEOUT_MS), redirect: "error" });
    body = await response.json().catch(() => null);
  } catch (error) {
    throw fault("model_unreachable", reasonOf(error));
  }
  if (!response.ok) throw fault("model_bad_response", `HTTP ${response.status}`, response.status);
  const data = (body as { data?: unknown } | null)?.data;
  if (!Array.isArray(data)) throw fault("model_bad_response", "no list of models");
  return data.flatMap((model: { id?: unknown } | null) => (typeof model?.id === "string" ? [model.id] : []));
}

/** Like the model clients do it: `/v1` is added when no path segment names a version. */
export function modelsUrl(url: string): string {
  const parsed = new URL(url);
  const path = parsed.pathname.replace(/\/+$/, "");
  const hasVersion = path.split("/").some((segment) => /^v\d+(?:alpha|beta)?\d*$/.test(segment));
  parsed.pathname = `${path}${hasVersion ? "" : "/v1"}/models`;
  return parsed.href;
}

/** fetch hides the reason in the cause. */
function reasonOf(error: unknown): string {
  if ((error as Error).name === "TimeoutError") return `no answer within ${TIMEOUT_MS / 1000} s`;
  return messageOf((error as Error).cause ?? error);
}
