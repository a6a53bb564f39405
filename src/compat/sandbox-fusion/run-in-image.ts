import type { CallContext } from "../../core/context.ts";
import { SandlotError } from "../../core/errors/sandlot-error.ts";
import type { Execution, ExecutionListener, ExecutionRequest, ExecutionService } from "../../execution/service.ts";
import { type DialectLanguage, imageFor, numericalImage } from "./languages.ts";

/** Runs programs. */
export type Runner = Pick<ExecutionService, "run" | "hasImage">;

/**
 * Does something in the image that a program asks for, in its language's own where that one is not there: what a program
 * says must not bring about a fault of ours.
 */
export async function inImage<T>(
  service: Pick<ExecutionService, "hasImage">,
  image: string | undefined,
  act: (image: string | undefined) => Promise<T>,
): Promise<T> {
  // Who cannot be asked now may still run what is warm.
  if (image === undefined || !(await service.hasImage(image).catch(() => false))) return act(undefined);
  try {
    return await act(image);
  } catch (error) {
    // Where only trying tells; nothing has run yet.
    if (!SandlotError.is(error, "sandbox_image_missing")) throw error;
    return act(undefined);
  }
}

export function runInImage(
  ctx: CallContext,
  runner: Runner,
  language: DialectLanguage,
  request: Omit<ExecutionRequest, "language" | "image">,
  listener?: ExecutionListener,
): Promise<Execution> {
  return inImage(runner, imageFor(language.view, request.code), (image) =>
    runner.run(ctx, { ...request, language: language.view.name, ...(image !== undefined && { image }) }, listener),
  );
}

/** The images with numerical packages that are not there, so that programs run without these. */
export async function missingImages(service: Pick<ExecutionService, "languages" | "hasImage">): Promise<string[]> {
  const images = new Set((await service.languages()).flatMap((view) => numericalImage(view) ?? []));
  const found = await Promise.all(
    Array.from(images, async (image) => ({ image, isThere: await service.hasImage(image) })),
  );
  return found.flatMap(({ image, isThere }) => (isThere ? [] : [image]));
}
