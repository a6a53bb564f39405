import { SandlotError } from "../../core/errors/sandlot-error.ts";
import { joinMembers } from "../../core/json/raw.ts";
import { parseJson } from "../../core/json/parse.ts";
import type { CommandCall } from "../command-call.ts";
import { languageOf } from "../sandbox/language-of.ts";
import { readInput } from "../text-input.ts";

/** Options of `sandlot verify`. */
export interface VerifyOptions {
  readonly task?: string;
  readonly dataset?: string;
  readonly row?: string;
  readonly answer?: string;
  readonly response?: string;
  readonly provider?: string;
}

const MAX_BYTES = 64 << 20;

/** The request body that a command line asks for, the row in it exactly as its file has it. Throws `invalid_request`. */
export async function readVerifyRequest({ session, options, args }: CommandCall<VerifyOptions>): Promise<string> {
  const { task, dataset, row, answer, response } = options;
  onlyOne("--task", task, "--row", row);
  onlyOne("--answer", answer, "--response", response);
  if (row !== undefined && dataset !== undefined) throw refused("--dataset", "goes with --task, not with --row");
  if ([row, answer, response].filter((name) => name === "-").length > 1)
    throw refused("-", "standard input can be only one of the files");
  const read = (flag: string, name: string) => readInput(session.options, flag, name, MAX_BYTES);
  const members: [string, string][] = [["environment", JSON.stringify(args[0] ?? "")]];
  if (task !== undefined) members.push(["task", JSON.stringify(task)]);
  if (dataset !== undefined) members.push(["dataset", JSON.stringify(dataset)]);
  if (row !== undefined) members.push(["row", jsonText("--row", await read("--row", row))]);
  if (answer !== undefined)
    members.push(["answer", JSON.stringify(answerText(answer, await read("--answer", answer)))]);
  if (response !== undefined) members.push(["response", jsonText("--response", await read("--response", response))]);
  return joinMembers(members);
}

/** Endings of files that are no programs. */
const TEXTS: ReadonlySet<string> = new Set(["md", "markdown", "txt", "text", "tex", "json"]);

/** A program's file as a model's answer: in a fence of its language. Any other text is taken as it is. */
function answerText(path: string, text: string): string {
  const language = text.includes("```") ? undefined : languageOf(path, text);
  return language === undefined || TEXTS.has(language) ? text : `\`\`\`${language}\n${text.trimEnd()}\n\`\`\``;
}

function onlyOne(first: string, one: unknown, second: string, other: unknown): void {
  if ((one === undefined) === (other === undefined)) throw refused(first, `give ${first} or ${second}, and not both`);
}

/** The text, which has to be JSON: whatever else it says would break the request that it becomes a part of. */
function jsonText(flag: string, text: string): string {
  try {
    parseJson(text);
    return text;
  } catch (error) {
    throw refused(flag, `is not JSON: ${(error as SandlotError<"invalid_json">).context.detail}`);
  }
}

function refused(field: string, problem: string): SandlotError {
  return new SandlotError("invalid_request", { fields: [{ field, problem }] });
}
