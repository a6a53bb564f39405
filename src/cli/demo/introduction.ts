import { plural } from "../terminal/format.ts";
import { sanitiseLine } from "../terminal/sanitise.ts";
import type { Screen } from "../terminal/screen.ts";

export interface IntroductionInput {
  readonly environment: string;
  /** Tasks to be played; null when the environment's dataset is played whole and nobody has counted it. */
  readonly tasks: number | null;
  readonly repeats: number;
  readonly provider: string | null;
  readonly model: "replay" | "answer" | { readonly name: string; readonly url: string };
}

const SANDBOXES: Readonly<Record<string, string>> = {
  docker: "a Docker sandbox",
  local: "a local sandbox (bubblewrap)",
};

/** The two lines that say what is about to happen. */
export function introduction({ colors: c }: Screen, input: IntroductionInput): string[] {
  const { environment, tasks, repeats, provider, model } = input;
  const attempts = `${plural(repeats, "attempt")}${tasks === 1 ? "" : " each"}`;
  const what = tasks === null ? "all tasks" : plural(tasks, "task");
  const sandbox = SANDBOXES[provider ?? ""] ?? `a sandbox of the provider ${provider ?? "none"}`;
  const played = `environment ${c.bold(environment)}, ${what}, ${attempts}`;
  return [`${c.bold("Sandlot demo")}: ${played}, every program in ${sandbox}.`, modelLine(c, model)];
}

function modelLine(c: Screen["colors"], model: IntroductionInput["model"]): string {
  if (model === "replay") {
    return `The model is ${c.bold("the built-in replay model")}: recorded attempts, right and wrong, crashing, looping, memory-hungry, flooding and cheating.`;
  }
  if (model === "answer") return "The model is the built-in replay model, and it answers with your program.";
  return `The model is ${c.bold(sanitiseLine(model.name))} at ${sanitiseLine(model.url)}.`;
}
