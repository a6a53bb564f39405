import { z } from "zod";
import { isJsonObject, type JsonObject, parseJson } from "../../core/json/parse.ts";
import { joinElements, joinMembers, rawElements, rawMembers } from "../../core/json/raw.ts";
import type { VersionSpan } from "../../core/tokens/samples.ts";
import { isIds } from "../../core/tokens/token-lists.ts";

/** Makes the error of an answer that cannot be read. */
export type BadResponse = (detail: string) => Error;

/** Lists of thousands: a schema for each element costs more than all else. */
const Ids = z.custom<readonly number[]>(isIds, "must be a list of token ids");

const RenderedBody = z.looseObject({ token_ids: Ids, features: z.unknown().optional() });

/** Token ids, and the same as JSON: it is long, and written once. */
export interface Prompt {
  readonly ids: readonly number[];
  readonly text: string;
}

/** What an engine makes of a Chat request: a request to generate. */
export interface Rendered {
  readonly prompt: Prompt;
  /** Members of the sampling parameters, raw. */
  readonly sampling: ReadonlyMap<string, string>;
  /** Images, sound or video stand for tokens of the prompt. */
  readonly hasMedia: boolean;
  /** Other members of the request that a generation takes as well, raw. */
  readonly passedOn: readonly (readonly [string, string])[];
}

const PASSED_ON = ["cache_salt", "priority"];

/** Reads an answer of `/v1/chat/completions/render`. Throws what `bad` makes. */
export function readRendered(text: string, bad: BadResponse): Rendered {
  const { token_ids: ids, features } = read(RenderedBody, text, bad);
  const members = rawMembers(text);
  const sampling = rawMembers(members.get("sampling_params") ?? "{}");
  sampling.delete("logprobs");
  const passedOn = PASSED_ON.flatMap((name) => {
    const value = members.get(name) ?? "null";
    return value === "null" ? [] : [[name, value] as const];
  });
  return {
    prompt: { ids, text: members.get("token_ids") ?? "[]" },
    sampling,
    hasMedia: features !== null && features !== undefined,
    passedOn,
  };
}

const LogProbs = z.custom<readonly { readonly logprob: number }[]>(
  (value) => Array.isArray(value) && value.every((entry) => isJsonObject(entry) && Number.isFinite(entry["logprob"])),
  "must be a list of log-probs",
);

const GeneratedBody = z.looseObject({
  choices: z
    .array(
      z.looseObject({
        token_ids: Ids,
        finish_reason: z.string().nullish(),
        stop_reason: z.unknown().optional(),
        logprobs: z.looseObject({ content: LogProbs }),
        weight_versions: z.array(z.looseObject({ version: z.string(), start: z.int(), end: z.int() })).nullish(),
      }),
    )
    .min(1),
});

export interface Generated {
  readonly ids: readonly number[];
  readonly logProbs: readonly number[];
  readonly weightVersions: readonly VersionSpan[];
  /** The engine ended it before the model did, perhaps before its first token. */
  readonly isAborted: boolean;
  /** The answer as `/v1/chat/completions/derender` takes it, raw; null for nothing but an end, which it refuses. */
  readonly forParsing: string | null;
  /** The answer as a Chat completion that says nothing, raw. */
  readonly silent: string;
}

/** Reads an answer of `/inference/v1/generate`. Throws what `bad` makes, also for lengths that disagree. */
export function readGenerated(text: string, bad: BadResponse): Generated {
  const [choice] = read(GeneratedBody, text, bad).choices;
  if (!choice) throw bad("no choices");
  const { token_ids: ids, weight_versions: versions } = choice;
  const logProbs = choice.logprobs.content.map(({ logprob }) => logprob);
  if (ids.length !== logProbs.length) throw bad(`${ids.length} generated tokens but ${logProbs.length} log-probs`);
  const spans = (versions ?? []).map(({ version, start, end }) => ({ version, start, end }));
  const isAborted = choice.finish_reason === "abort";
  const parsing = { isAborted, forParsing: withoutEnd(text, choice), silent: silentChat(text) };
  return { ids, logProbs, weightVersions: spans, ...parsing };
}

type Choice = z.infer<typeof GeneratedBody>["choices"][number];

/** vLLM 0.32 leaves the text of the end token, `<|im_end|>`, in what it parses: it gets the answer without that token. */
function withoutEnd(text: string, choice: Choice): string | null {
  const { token_ids: ids, finish_reason: finish, stop_reason: stop } = choice;
  const hasEnd = finish === "stop" && (stop === null || stop === undefined);
  const said = hasEnd ? ids.slice(0, -1) : ids;
  if (said.length === 0) return null;
  const members = rawMembers(text);
  const shown = rawMembers(rawElements(members.get("choices") ?? "[]")[0] ?? "{}");
  shown.set("token_ids", JSON.stringify(said));
  shown.set("logprobs", "null");
  members.set("choices", joinElements([joinMembers(shown)]));
  return joinMembers(members);
}

/** As vLLM answers where a model ends its turn at once. */
function silentChat(text: string): string {
  const answer = rawMembers(text);
  const choice = rawMembers(rawElements(answer.get("choices") ?? "[]")[0] ?? "{}");
  const shown = joinMembers([
    ["index", "0"],
    ["message", '{"role":"assistant","content":null}'],
    ["finish_reason", choice.get("finish_reason") ?? "null"],
    ["stop_reason", choice.get("stop_reason") ?? "null"],
  ]);
  return joinMembers([
    ["id", answer.get("request_id") ?? "null"],
    ["object", '"chat.completion"'],
    ["created", answer.get("created") ?? "0"],
    ["model", answer.get("model") ?? "null"],
    ["choices", joinElements([shown])],
    ["usage", answer.get("usage") ?? "null"],
  ]);
}

/** A Chat completion, as text and as JavaScript sees it. */
export interface ChatBody {
  readonly text: string;
  readonly value: JsonObject;
}

/** A Chat completion with the tokens it was made of, as vLLM puts them there on request. */
export function withTokens(chat: string, prompt: Prompt, { ids, logProbs }: Generated): ChatBody {
  const body = rawMembers(chat);
  const choice = rawMembers(rawElements(body.get("choices") ?? "[]")[0] ?? "{}");
  const content = ids.map((id, at) => ({
    token: `token_id:${id}`,
    logprob: logProbs[at],
    bytes: null,
    top_logprobs: [],
  }));
  choice.set("token_ids", JSON.stringify(ids)).set("logprobs", JSON.stringify({ content }));
  body.set("prompt_token_ids", "null").set("choices", joinElements([joinMembers(choice)]));
  const value = parseJson(joinMembers(body)) as JsonObject;
  body.set("prompt_token_ids", prompt.text);
  return { text: joinMembers(body), value: { ...value, prompt_token_ids: prompt.ids } };
}

function read<T>(schema: z.ZodType<T>, text: string, bad: BadResponse): T {
  const parsed = schema.safeParse(parseJson(text));
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  throw bad(`${issue?.path.join(".") ?? "body"}: ${issue?.message ?? "has another shape"}`);
}
