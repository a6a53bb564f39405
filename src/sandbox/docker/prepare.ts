import { join } from "node:path";
import pLimit from "p-limit";
import type { CallContext } from "../../core/context.ts";
import { imageReference, type ImageSource, readImageSource } from "../images/index.ts";
import { connectEngine, engineError } from "./engine.ts";
import { buildImage, type BuiltImage, findImage, hasImage } from "./images.ts";

/** Builds at once: one downloads while another compiles. */
const PARALLEL_BUILDS = 2;

export interface PrepareOptions {
  readonly socketPath: string;
  /** The folder `sandboxes/`. */
  readonly imagesRoot: string;
  /** Names of the images that are needed, beside the toolbox. */
  readonly images: readonly string[];
  /** Longest build of one image; default 15 minutes. */
  readonly timeoutMs?: number | undefined;
  readonly onStep?: ((text: string) => void) | undefined;
  /** Builds also what the engine has, every step anew: for what the packages of the day have mended. Default false. */
  readonly rebuild?: boolean | undefined;
}

/**
 * Builds what the present sources of the toolbox and the images ask for and the engine lacks. Quick when nothing is
 * missing. Answers the references of all of them, the toolbox first. Throws `provider_unavailable` without an engine.
 */
export async function prepareImages(ctx: CallContext, options: PrepareOptions): Promise<string[]> {
  const { socketPath, imagesRoot, images, timeoutMs, onStep, rebuild = false } = options;
  const engine = connectEngine(socketPath);
  const sources = await Promise.all(images.map((name) => readImageSource(imagesRoot, name)));
  const toolbox = { name: "toolbox", folder: join(imagesRoot, "agent"), manifest: null };
  const wanted = [toolbox, ...sources.map(({ manifest, folder }) => ({ name: manifest.name, folder, manifest }))];
  const inTurn = pLimit(PARALLEL_BUILDS);
  const builds = await Promise.allSettled(
    wanted.map(({ name, folder, manifest }) =>
      inTurn(async () => {
        const reference = await imageReference(folder, name);
        if (!rebuild && (await hasImage(engine, reference))) return reference;
        onStep?.(`building the image ${reference}`);
        await buildImage(ctx, engine, { folder, reference, manifest, timeoutMs, fresh: rebuild });
        return reference;
      }),
    ),
  );
  return builds.map((build) => {
    if (build.status === "rejected") throw engineError(build.reason);
    return build.value;
  });
}

/** An image's source, and what the engine has of it. */
export interface ImageState {
  readonly source: ImageSource;
  readonly reference: string;
  /** Null when it is not built. */
  readonly built: BuiltImage | null;
}

/** Throws `provider_unavailable` without an engine. */
export async function imageStates(socketPath: string, sources: readonly ImageSource[]): Promise<ImageState[]> {
  const engine = connectEngine(socketPath);
  return Promise.all(
    sources.map(async (source) => {
      const reference = await imageReference(source.folder, source.manifest.name);
      return { source, reference, built: await findImage(engine, reference) };
    }),
  );
}
