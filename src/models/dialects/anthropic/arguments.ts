import { isJsonObject } from "../../../core/json/parse.ts";
import { joinMembers, rawMembers } from "../../../core/json/raw.ts";
import { isRawString, rawText } from "../raw-values.ts";

/** The one member of an input that stands for arguments which are no JSON object. */
const INVALID = "_invalid_arguments";

/**
 * The input of a tool use, a raw object, for arguments as the model wrote them (a raw string that holds JSON). Arguments that
 * are no object are wrapped, for here nothing else can be said; `argumentsOfInput` takes them out again, so that the next prompt
 * has what the model wrote.
 */
export function inputOfArguments(args: string): string {
  const text = rawText(args) ?? "";
  if (text.trim() === "") return "{}";
  return isObjectText(text) ? text.trim() : joinMembers([[INVALID, args]]);
}

/**
 * Arguments, a raw string, of a tool use's input. Clients drop the blanks that models write, and Chat templates print what they
 * get: so they are set as Python's `json.dumps` sets them, as vLLM and NeMo Gym do. Values stay as they were written.
 */
export function argumentsOfInput(input: string): string {
  const members = rawMembers(input);
  const invalid = members.get(INVALID);
  return members.size === 1 && isRawString(invalid) ? invalid : JSON.stringify(spaced(input));
}

function isObjectText(text: string): boolean {
  try {
    return isJsonObject(JSON.parse(text));
  } catch {
    return false;
  }
}

/** A string, blanks, or what a blank follows. */
const PIECES = /"[^"\\]*(?:\\.[^"\\]*)*"|[ \t\n\r]+|[,:]/g;

/** Raw JSON with one blank after each comma and colon, and no other. */
function spaced(raw: string): string {
  return raw.replace(PIECES, (piece) => {
    if (piece.startsWith('"')) return piece;
    return piece === "," || piece === ":" ? `${piece} ` : "";
  });
}
