import { SandlotError } from "../../core/errors/sandlot-error.ts";
import type { EndpointOptions } from "../access/settings.ts";

/** Options of `sandlot demo`. */
export interface DemoOptions extends EndpointOptions {
  readonly repeats?: number;
  readonly task?: string;
  readonly answer?: string;
  readonly provider?: string;
}

/** Throws `invalid_request` for options that do not go together. */
export function checkDemoOptions({ task, answer, repeats, model, modelUrl }: DemoOptions): void {
  const refuse = (field: string, problem: string) =>
    new SandlotError("invalid_request", { fields: [{ field, problem }] });
  if (answer !== undefined && task === undefined) throw refuse("--answer", "needs --task: which task does it solve?");
  if (answer !== undefined && modelUrl !== undefined)
    throw refuse("--answer", "takes the place of a model; leave out --model-url");
  if (answer !== undefined && repeats !== undefined)
    throw refuse("--repeats", "has no use with --answer: it is one attempt");
  if (model !== undefined && modelUrl === undefined) throw refuse("--model", "needs --model-url");
}
