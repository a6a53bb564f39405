import { readFile } from "node:fs/promises";
import { join } from "node:path";
import type { ImageCheck, ImageView } from "../cli/image/views.ts";
import type { ImageBuild, StartOptions } from "../cli/services.ts";
import type { Config } from "../config/index.ts";
import { type CallContext, rootContext } from "../core/context.ts";
import { SandlotError } from "../core/errors/sandlot-error.ts";
import { systemClock } from "../core/clock.ts";
import { newId } from "../core/ids.ts";
import type { ExecutionService, Stage } from "../execution/index.ts";
import { imageStates, type ImageState, prepareImages, pruneImages } from "../sandbox/docker/index.ts";
import { type ImageSource, readCatalogue, SandboxPools, smokeTestFile } from "../sandbox/index.ts";
import { composeExecution } from "./execution.ts";
import { IMAGES_ROOT } from "./paths.ts";
import { chooseProvider, dockerSocket, poolSettings } from "./sandboxes.ts";

/** Builds what the engine lacks of these images, of all when none is named; answers their references. */
export async function buildImages(
  config: Config,
  { names, rebuild }: ImageBuild,
  onStep: (text: string) => void,
): Promise<string[]> {
  const images = (await sourcesOf(names)).map(({ manifest }) => manifest.name);
  const socketPath = dockerSocket(config);
  return prepareImages(rootContext(), { socketPath, imagesRoot: IMAGES_ROOT, images, rebuild, onStep });
}

export async function removeOldImages(config: Config): Promise<string[]> {
  return pruneImages({ socketPath: dockerSocket(config), imagesRoot: IMAGES_ROOT, sources: await sourcesOf([]) });
}

export async function listImages(config: Config): Promise<ImageView[]> {
  const states = await imageStates(dockerSocket(config), await sourcesOf([]));
  return states.map(({ source: { manifest }, reference, built }) => ({
    name: manifest.name,
    description: manifest.description,
    languages: Object.entries(manifest.languages).map(([name, language]) => ({
      name,
      aliases: language.aliases,
      default: language.default,
      version: built?.versions[name] ?? null,
    })),
    reference,
    built: built !== null,
    size_bytes: built?.size ?? null,
  }));
}

export interface CheckImagesOptions extends StartOptions {
  readonly names: readonly string[];
  readonly onChecked: (check: ImageCheck) => void;
}

/** Every language's smoke test, in a sandbox of its image. Throws only when there is no engine or no such image. */
export async function checkImages(options: CheckImagesOptions): Promise<ImageCheck[]> {
  const { config: configured, logger, names, onChecked, onStep } = options;
  const config = { ...configured, sandbox: { ...configured.sandbox, provider: "docker" as const } };
  const states = await imageStates(dockerSocket(config), await sourcesOf(names));
  const owner = { installation: newId("installation"), owner: newId("server") };
  const chosen = await chooseProvider({ config, owner, clock: systemClock, logger, ...(onStep ? { onStep } : {}) });
  const settings = poolSettings(config);
  const pools = new SandboxPools({
    provider: chosen.provider,
    ...settings,
    limits: { ...settings.limits, min: 0, idleBuffer: 0 },
    clock: systemClock,
    logger,
  });
  const execution = composeExecution({ config, pools, hasImage: chosen.hasImage, clock: systemClock });
  const ctx = rootContext({ logger });
  const checks: ImageCheck[] = [];
  try {
    for (const state of states) {
      for (const language of Object.keys(state.source.manifest.languages)) {
        const check = await checkLanguage(ctx, execution, state, language);
        checks.push(check);
        onChecked(check);
      }
    }
    return checks;
  } finally {
    await execution.close();
    await pools.close();
    chosen.close();
  }
}

async function checkLanguage(
  ctx: CallContext,
  execution: ExecutionService,
  { source: { manifest, folder }, built }: ImageState,
  name: string,
): Promise<ImageCheck> {
  const about = { image: manifest.name, language: name, version: built?.versions[name] ?? null };
  const untimed = { compile_ms: null, run_ms: null };
  const language = manifest.languages[name];
  if (!built || !language) return { ...about, ...untimed, status: "not_built", detail: "" };
  try {
    const code = await readFile(join(folder, smokeTestFile(language)), "utf8");
    const stdin = Buffer.from("ping\n");
    const request = { language: name, image: manifest.name, code, cases: [{ stdin }] };
    const { compile, cases } = await execution.run(ctx, request);
    const times = { compile_ms: compile?.times.wallMs ?? null, run_ms: cases[0]?.times.wallMs ?? null };
    const failed = [compile, ...cases].find((stage) => stage && stage.status !== "ok");
    if (!failed) return { ...about, ...times, status: "ok", detail: "" };
    return { ...about, ...times, status: "failed", detail: describe(failed) };
  } catch (error) {
    return { ...about, ...untimed, status: "failed", detail: SandlotError.from(error).message };
  }
}

function describe({ message, stdout, stderr }: Stage): string {
  const said = [stdout, stderr].map(({ head, tail }) => Buffer.concat([head, tail]).toString("utf8").trim());
  return [message, ...said.filter((text) => text !== "")].join("\n");
}

/** Throws `unknown_image`. */
async function sourcesOf(names: readonly string[]): Promise<readonly ImageSource[]> {
  const catalogue = await readCatalogue(IMAGES_ROOT);
  return names.length === 0 ? catalogue.images : [...new Set(names)].map((name) => catalogue.image(name));
}
