/** A language of an image. */
export interface ImageLanguageView {
  readonly name: string;
  readonly aliases: readonly string[];
  /** Whether this image runs it when a request names no image. */
  readonly default: boolean;
  /** As the built image's own program says it; null while the image is not built. */
  readonly version: string | null;
}

/** An image, as `sandlot image list` shows it. */
export interface ImageView {
  readonly name: string;
  readonly description: string;
  readonly languages: readonly ImageLanguageView[];
  /** Name and digest of its folder, as the engine knows it. */
  readonly reference: string;
  readonly built: boolean;
  /** On the engine's disk, the base image included; null while it is not built. */
  readonly size_bytes: number | null;
}

/** What became of a language's smoke test. */
export interface ImageCheck {
  readonly image: string;
  readonly language: string;
  readonly status: "ok" | "failed" | "not_built";
  /** Why it failed, with what the program said; empty when it did not. */
  readonly detail: string;
  readonly version: string | null;
  /** Of the compiler and of the program; null for what was not run. */
  readonly compile_ms: number | null;
  readonly run_ms: number | null;
}
