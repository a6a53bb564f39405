import { equalValue, type ExactValue, type OutputItem, parsePythonJson } from "sandlot";

type Arguments = ReadonlyMap<string, ExactValue>;

/** A function call, made or expected. */
export interface Call {
  readonly name: string;
  readonly arguments: Arguments;
  /** The arguments as they were written. */
  readonly text: string;
}

/** The function calls of a response, in order. Arguments that are no JSON object count as none, as in NeMo Gym. */
export function predictedCalls(output: readonly OutputItem[]): Call[] {
  return output.flatMap((item) => {
    if (item.type !== "function_call" || typeof item["name"] !== "string") return [];
    const text = typeof item["arguments"] === "string" ? item["arguments"] : "";
    return [{ name: item["name"], arguments: readArguments(text) ?? new Map<string, ExactValue>(), text }];
  });
}

/** The call of a row; null when its arguments are a text that is no JSON object. */
export function expectedCall(answer: { readonly name: string; readonly arguments: unknown }): Call | null {
  const text = typeof answer.arguments === "string" ? answer.arguments : JSON.stringify(answer.arguments);
  const read = readArguments(text);
  return read === null ? null : { name: answer.name, arguments: read, text };
}

/** How many expected calls were made: each takes the first call that fits and that no other has taken. */
export function countMatches(expected: readonly Call[], predicted: readonly Call[]): number {
  const taken = new Set<Call>();
  for (const wanted of expected) {
    const found = predicted.find((call) => !taken.has(call) && fits(call, wanted));
    if (found) taken.add(found);
  }
  return taken.size;
}

/** Every expected argument has to be there and equal; further ones are allowed. */
function fits(call: Call, wanted: Call): boolean {
  return (
    call.name === wanted.name &&
    Array.from(wanted.arguments).every(([key, value]) => {
      const got = call.arguments.get(key);
      return got !== undefined && equalValue(got, value);
    })
  );
}

function readArguments(text: string): Arguments | null {
  try {
    const value = parsePythonJson(text);
    return value instanceof Map ? value : null;
  } catch {
    return null;
  }
}
