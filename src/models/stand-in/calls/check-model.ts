import { HttpError } from "../http/http-error.ts";
import type { Replica } from "../replica/replica.ts";

/** Refuses a model's name that is not the replica's. A missing one is the replica's, as in vLLM. */
export function checkModel(replica: Replica, model: string | null): void {
  const { model: own } = replica.settings;
  if (model !== null && model !== own)
    throw new HttpError(404, `The model \`${model}\` does not exist. Valid aliases: ${own}.`, { param: "model" });
}
