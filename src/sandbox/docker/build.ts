import { readFile } from "node:fs/promises";
import { join } from "node:path";
import type { Readable } from "node:stream";
import { pack, type Pack } from "tar-stream";
import { type CallContext, withScope } from "../../core/context.ts";
import { SandlotError } from "../../core/errors/sandlot-error.ts";
import { imageFiles } from "../images/index.ts";
import type { Engine } from "./engine.ts";

const BUILD_MS = 15 * 60_000;

export interface FolderBuild {
  readonly folder: string;
  readonly reference: string;
  /** Default 15 minutes. */
  readonly timeoutMs?: number | undefined;
  /** Every step anew, whatever the engine remembers. */
  readonly fresh?: boolean | undefined;
}

/** Builds a folder's Dockerfile; throws `sandbox_create_failed` with the builder's last words. */
export async function buildFolder(ctx: CallContext, engine: Engine, options: FolderBuild): Promise<void> {
  const { folder, reference, timeoutMs, fresh } = options;
  const archive = pack();
  for (const name of await imageFiles(folder)) {
    archive.entry({ name, mode: 0o644 }, await readFile(join(folder, name)));
  }
  await build(ctx, engine, { archive, reference, labels: {}, timeoutMs, fresh });
}

/** The same image under another name, with labels. */
export async function relabel(
  ctx: CallContext,
  engine: Engine,
  options: { readonly from: string; readonly reference: string; readonly labels: Readonly<Record<string, string>> },
): Promise<void> {
  const archive = pack();
  archive.entry({ name: "Dockerfile" }, `FROM ${options.from}\n`);
  await build(ctx, engine, { archive, reference: options.reference, labels: options.labels, timeoutMs: undefined });
}

interface Build {
  readonly archive: Pack;
  readonly reference: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly timeoutMs: number | undefined;
  readonly fresh?: boolean | undefined;
}

async function build(ctx: CallContext, engine: Engine, { archive, reference, labels, timeoutMs, fresh }: Build) {
  archive.finalize();
  const waitingFor = "the image to build";
  await withScope(ctx, { timeoutMs: timeoutMs ?? BUILD_MS, waitingFor }, async (scope) => {
    const options = { t: reference, labels: { ...labels }, nocache: fresh, rm: true, forcerm: true };
    const stream = (await engine.streams.buildImage(archive as unknown as NodeJS.ReadableStream, options)) as Readable;
    const onAbort = () => stream.destroy(scope.signal.reason as Error);
    scope.signal.addEventListener("abort", onAbort, { once: true });
    try {
      await follow(stream, reference);
    } finally {
      scope.signal.removeEventListener("abort", onAbort);
    }
  });
}

async function follow(stream: Readable, reference: string): Promise<void> {
  let rest = "";
  for await (const chunk of stream) {
    const lines = (rest + String(chunk)).split("\n");
    rest = lines.pop() ?? "";
    for (const line of lines.filter((text) => text.trim() !== "")) {
      const { error } = JSON.parse(line) as { error?: string };
      if (error) throw new SandlotError("sandbox_create_failed", { detail: `building ${reference}: ${error}` });
    }
  }
}
