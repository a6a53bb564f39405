import type { z } from "zod";
import type { EnvironmentView, ModelView } from "../../contract/environments.ts";
import { SandlotError } from "../../core/errors/sandlot-error.ts";
import type { HandlersOf } from "../route-types.ts";

export interface CatalogueOptions {
  /** Environments that can be played. */
  environments: () => Promise<EnvironmentView[]>;
  /** Configured models, without their secrets. */
  models: () => z.output<typeof ModelView>[];
}

/** Handlers of what jobs can name: environments and models. */
export function catalogueHandlers(
  options: CatalogueOptions,
): HandlersOf<"listEnvironments" | "getEnvironment" | "listModels"> {
  return {
    async listEnvironments() {
      return { body: { items: await options.environments() } };
    },
    async getEnvironment(_ctx, { params }) {
      const found = (await options.environments()).find(({ name }) => name === params.name);
      if (!found) throw new SandlotError("not_found", { kind: "environment", id: params.name });
      return { body: found };
    },
    async listModels() {
      return { body: { items: options.models() } };
    },
  };
}
