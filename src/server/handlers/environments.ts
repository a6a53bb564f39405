import type { z } from "zod";
import type { EnvironmentView, ModelView } from "../../contract/environments.ts";
import type { CallContext } from "../../core/context.ts";
import { SandlotError } from "../../core/errors/sandlot-error.ts";
import type { HandlersOf } from "../route-types.ts";

export interface CatalogueOptions {
  /** Environments that can be played. */
  environments: () => Promise<EnvironmentView[]>;
  /** Ids of a dataset's tasks, of the first one where none is named. */
  taskIds: (ctx: CallContext, environment: string, dataset?: string) => Promise<string[]>;
  /** Configured models, without their secrets. */
  models: () => z.output<typeof ModelView>[];
}

/** Handlers of what jobs can name: environments and models. */
export function catalogueHandlers(
  options: CatalogueOptions,
): HandlersOf<"listEnvironments" | "getEnvironment" | "listTasks" | "listModels"> {
  return {
    async listEnvironments() {
      return { body: { items: await options.environments() } };
    },
    async getEnvironment(_ctx, { params }) {
      const found = (await options.environments()).find(({ name }) => name === params.name);
      if (!found) throw new SandlotError("not_found", { kind: "environment", id: params.name });
      return { body: found };
    },
    async listTasks(ctx, { params, query: { dataset, offset, limit } }) {
      const ids = await options.taskIds(ctx, params.name, dataset);
      return { body: { items: ids.slice(offset, offset + limit).map((id) => ({ id })), total: ids.length } };
    },
    async listModels() {
      return { body: { items: options.models() } };
    },
  };
}
