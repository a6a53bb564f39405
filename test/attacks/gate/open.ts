import { ctx, openProvider } from "../../support/sandboxes.ts";
import { Arena } from "./arena.ts";
import type { Target } from "./target.ts";

/** An arena with a provider of its own, and how to let go of it. */
export async function openArena(target: Target): Promise<{ readonly arena: Arena; readonly close: () => Promise<void> }> {
  const { provider, close } = await openProvider(target.provider);
  const arena = new Arena(target, provider, ctx);
  return {
    arena,
    close: async () => {
      await arena.closeAll();
      close();
    },
  };
}
