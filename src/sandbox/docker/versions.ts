import { type CallContext, withScope } from "../../core/context.ts";
import { SandlotError } from "../../core/errors/sandlot-error.ts";
import type { ImageLanguage } from "../images/index.ts";
import { type Engine, removeContainer } from "./engine.ts";

/** Label, without a value, of the containers in which programs are asked for their version. */
export const VERSIONS_HELPER = "sandlot.versions-helper";
const VERSION_MS = 60_000;
const LONGEST = 200;

/** What each language's own `version` command says first; throws `sandbox_create_failed` when one says nothing. */
export async function readVersions(
  ctx: CallContext,
  engine: Engine,
  reference: string,
  languages: Readonly<Record<string, ImageLanguage>>,
): Promise<Record<string, string>> {
  const versions: Record<string, string> = {};
  for (const [name, { version }] of Object.entries(languages)) {
    const text = await outputOf(ctx, engine, reference, version);
    const line = text.split(/[\r\n]+/).find((it) => it.trim() !== "");
    if (line === undefined) {
      throw new SandlotError("sandbox_create_failed", { detail: `${version.join(" ")} in ${reference} says nothing` });
    }
    versions[name] = line.trim().slice(0, LONGEST);
  }
  return versions;
}

/** Output of a command in a container as bare as a sandbox. */
async function outputOf(ctx: CallContext, engine: Engine, image: string, command: readonly string[]): Promise<string> {
  const container = await engine.short.createContainer({
    Image: image,
    Entrypoint: [],
    Labels: { [VERSIONS_HELPER]: "" },
    Cmd: [...command],
    User: "1000:1000",
    // One stream without the engine's framing.
    Tty: true,
    HostConfig: {
      NetworkMode: "none",
      ReadonlyRootfs: true,
      CapDrop: ["ALL"],
      SecurityOpt: ["no-new-privileges"],
      Tmpfs: { "/tmp": "rw,nosuid,nodev" },
      PidsLimit: 256,
    },
  });
  try {
    await container.start();
    await withScope(ctx, { timeoutMs: VERSION_MS, waitingFor: "a version" }, (scope) =>
      container.wait({ abortSignal: scope.signal }),
    );
    return (await container.logs({ stdout: true, stderr: true })).toString("utf8");
  } finally {
    await removeContainer(container);
  }
}
