import { ctx, openProvider } from "../../support/sandboxes.ts";
import { Arena } from "./arena.ts";
import type { Target } from "./target.ts";

export interface OpenArena {
  readonly arena: Arena;
  /** Lets go of it, with every sandbox in it. */
  readonly close: () => Promise<void>;
}

/** An arena with a provider of its own. `root`: the folder of the images, by default ours. */
export async function openArena(target: Target, root?: string): Promise<OpenArena> {
  const { provider, close } = await openProvider(target.provider, { imagesRoot: root });
  const arena = new Arena(target, provider, ctx);
  return {
    arena,
    close: async () => {
      await arena.closeAll();
      close();
    },
  };
}
