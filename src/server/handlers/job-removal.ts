import type { CallContext } from "../../core/context.ts";
import { SandlotError } from "../../core/errors/sandlot-error.ts";
import type { HandlersOf } from "../route-types.ts";

/** Removes ended jobs of the context's tenant. Throws `not_found` and `job_open`. */
export interface JobRemoval {
  remove(ctx: CallContext, id: string): Promise<void>;
}

/** Null in a process without a database. */
export function jobRemovalHandlers(removal: JobRemoval | null): HandlersOf<"removeJob"> {
  return {
    async removeJob(ctx, { params }) {
      if (!removal) throw new SandlotError("database_unavailable", { detail: "this server keeps no jobs" });
      await removal.remove(ctx, params.id);
      return { body: { id: params.id, removed: true } };
    },
  };
}
