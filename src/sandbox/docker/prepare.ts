import { join } from "node:path";
import type { CallContext } from "../../core/context.ts";
import { connectEngine } from "./engine.ts";
import { buildImage, hasImage, imageReference } from "./images.ts";

export interface PrepareOptions {
  readonly socketPath: string;
  /** The folder `sandboxes/`. */
  readonly imagesRoot: string;
  /** Folders of the images that are needed, beside the toolbox. */
  readonly images: readonly string[];
  /** Longest build of one image; default 15 minutes. */
  readonly timeoutMs?: number | undefined;
  readonly onStep?: ((text: string) => void) | undefined;
}

/**
 * Builds what the present sources of the toolbox and the images ask for and the engine lacks. Quick when nothing is
 * missing. Answers the references of all of them.
 */
export async function prepareImages(ctx: CallContext, options: PrepareOptions): Promise<string[]> {
  const engine = connectEngine(options.socketPath);
  const wanted = [{ folder: "agent", name: "toolbox" }, ...options.images.map((name) => ({ folder: name, name }))];
  const references: string[] = [];
  for (const { folder, name } of wanted) {
    const source = join(options.imagesRoot, folder);
    const reference = await imageReference(source, name);
    references.push(reference);
    if (await hasImage(engine, reference)) continue;
    options.onStep?.(`building the image ${reference}`);
    const { timeoutMs } = options;
    await buildImage(ctx, engine, { folder: source, reference, ...(timeoutMs === undefined ? {} : { timeoutMs }) });
  }
  return references;
}
