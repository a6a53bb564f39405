import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import type { Readable } from "node:stream";
import { pack } from "tar-stream";
import { type CallContext, withScope } from "../../core/context.ts";
import { SandlotError } from "../../core/errors/sandlot-error.ts";
import { folderDigest } from "../images/index.ts";
import { type Engine, engineStatus } from "./engine.ts";

const BUILD_MS = 15 * 60_000;

/** Reference of the image that the present content of a folder builds. */
export async function imageReference(folder: string, name: string): Promise<string> {
  return `sandlot/${name}:${await folderDigest(folder)}`;
}

export async function hasImage(engine: Engine, reference: string): Promise<boolean> {
  try {
    await engine.short.getImage(reference).inspect();
    return true;
  } catch (error) {
    if (engineStatus(error) === 404) return false;
    throw error;
  }
}

export interface BuildOptions {
  readonly folder: string;
  readonly reference: string;
  /** Default 15 minutes. */
  readonly timeoutMs?: number;
  /** Called with each line of the builder. */
  readonly onLine?: (line: string) => void;
}

/** Builds a folder's Dockerfile; throws `sandbox_create_failed` with the builder's last words. */
export async function buildImage(ctx: CallContext, engine: Engine, options: BuildOptions): Promise<void> {
  await withScope(
    ctx,
    { timeoutMs: options.timeoutMs ?? BUILD_MS, waitingFor: "the image to build" },
    async (scope) => {
      const context = await tarFolder(options.folder);
      const stream = (await engine.streams.buildImage(context, {
        t: options.reference,
        rm: true,
        forcerm: true,
      })) as Readable;
      const onAbort = () => stream.destroy(scope.signal.reason as Error);
      scope.signal.addEventListener("abort", onAbort, { once: true });
      try {
        await followBuild(stream, options);
      } finally {
        scope.signal.removeEventListener("abort", onAbort);
      }
    },
  );
}

async function followBuild(stream: Readable, options: BuildOptions): Promise<void> {
  let rest = "";
  for await (const chunk of stream) {
    const lines = (rest + String(chunk)).split("\n");
    rest = lines.pop() ?? "";
    for (const line of lines.filter((text) => text.trim() !== "")) {
      const entry = JSON.parse(line) as { stream?: string; error?: string };
      if (entry.stream?.trim()) options.onLine?.(entry.stream.trimEnd());
      if (entry.error) {
        throw new SandlotError("sandbox_create_failed", { detail: `building ${options.reference}: ${entry.error}` });
      }
    }
  }
}

async function tarFolder(folder: string): Promise<NodeJS.ReadableStream> {
  const archive = pack();
  const names = await readdir(folder);
  for (const name of names.filter((entry) => entry !== "__pycache__").sort()) {
    archive.entry({ name, mode: 0o644 }, await readFile(join(folder, name)));
  }
  archive.finalize();
  return archive as unknown as NodeJS.ReadableStream;
}
