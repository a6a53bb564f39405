import { isJsonObject, type JsonObject } from "../../../core/json/parse.ts";
import type { Fault, FaultKind } from "./fault.ts";
import type { FaultBoard } from "./fault-board.ts";

const OF_ANSWERS = [
  "reset",
  "half-stream",
  "model-name",
  "empty-choices",
  "usage",
  "unequal-tokens",
  "nan-log-probs",
  "invalid-arguments",
] as const satisfies readonly FaultKind[];
type AnswerFault = (typeof OF_ANSWERS)[number];

/** Stands for NaN until the text is written; no model says it. */
const NAN = "\u0000NaN\u0000";

/** The faults that strike one answer. Each is drawn once per call, so that a stream is wrong in one way throughout. */
export class Strikes {
  readonly #faults = new Map<AnswerFault, Fault>();

  /** Null: none. */
  constructor(board: FaultBoard | null) {
    if (board)
      for (const kind of OF_ANSWERS) {
        const fault = board.strike(kind);
        if (fault) this.#faults.set(kind, fault);
      }
  }

  get any(): boolean {
    return this.#faults.size > 0;
  }

  get<K extends AnswerFault>(kind: K): Extract<Fault, { kind: K }> | null {
    return (this.#faults.get(kind) as Extract<Fault, { kind: K }> | undefined) ?? null;
  }

  /** The text of a body or of a stream's chunk, with what is wrong with it. */
  text(body: JsonObject): string {
    if (!this.any) return JSON.stringify(body);
    return JSON.stringify(this.#corrupted(body)).replaceAll(JSON.stringify(NAN), "NaN");
  }

  #corrupted(body: JsonObject): JsonObject {
    const copy = structuredClone(body);
    const holders = [copy, copy["response"], copy["message"]].filter(isJsonObject);
    for (const holder of holders) {
      const name = this.get("model-name");
      if (name && "model" in holder) holder["model"] = name.name;
      const usage = this.get("usage");
      if (usage && isJsonObject(holder["usage"])) holder["usage"] = wrongUsage(holder["usage"], usage.usage);
      if (this.get("empty-choices"))
        for (const key of ["choices", "output", "content"]) if (Array.isArray(holder[key])) holder[key] = [];
    }
    if (this.get("unequal-tokens")) visit(copy, (object) => dropLast(object));
    if (this.get("nan-log-probs")) visit(copy, (object) => replaceLogProbs(object));
    if (this.get("invalid-arguments"))
      visit(copy, (object) => {
        const raw = object["arguments"];
        if (typeof raw === "string" && raw.length > 1) object["arguments"] = raw.slice(0, raw.length >> 1);
      });
    return copy;
  }
}

function wrongUsage(usage: JsonObject, how: "missing" | "doubled" | "repeated"): JsonObject | null {
  if (how === "missing") return null;
  // The stream itself repeats it.
  return how === "doubled" ? doubled(usage) : usage;
}

function doubled(usage: JsonObject): JsonObject {
  return Object.fromEntries(
    Object.entries(usage).map(([key, value]) => [
      key,
      typeof value === "number" ? value * 2 : isJsonObject(value) ? doubled(value) : value,
    ]),
  );
}

function dropLast(object: JsonObject): void {
  const tokens = object["token_ids"];
  if (Array.isArray(tokens)) tokens.pop();
}

function replaceLogProbs(object: JsonObject): void {
  if (typeof object["logprob"] === "number") object["logprob"] = NAN;
  const list = object["token_logprobs"];
  if (Array.isArray(list)) object["token_logprobs"] = list.map(() => NAN);
}

function visit(value: unknown, see: (object: JsonObject) => void): void {
  if (Array.isArray(value)) for (const item of value) visit(item, see);
  else if (isJsonObject(value)) {
    see(value);
    for (const item of Object.values(value)) visit(item, see);
  }
}
