import type { Environment } from "./environment-layer.ts";
import type { Layer } from "./layer.ts";

/** Where OpenAI's own clients go when OPENAI_BASE_URL is not set. */
const OPENAI_URL = "https://api.openai.com/v1";

/**
 * The model `default` from OPENAI_MODEL with OPENAI_BASE_URL or OPENAI_API_KEY; nothing unless a model is named and at
 * least one of the others is set. Used only where no model is configured.
 */
export function openaiLayer(env: Environment, directory: string): Layer {
  const { OPENAI_MODEL: model, OPENAI_BASE_URL: url, OPENAI_API_KEY: key } = env;
  if (!model || (!url && !key)) return [];
  const at = (name: string, value: unknown, source: string) => ({
    path: ["models", "default", name],
    value,
    source,
    directory,
  });
  return [
    at("url", url || OPENAI_URL, url ? "OPENAI_BASE_URL" : "OPENAI_API_KEY"),
    at("model", model, "OPENAI_MODEL"),
    ...(key ? [at("api_key", key, "OPENAI_API_KEY")] : []),
  ];
}
