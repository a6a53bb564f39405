import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { RunRequest, RunResult, Sandbox, SandboxMode } from "../../src/sandbox/index.ts";
import { NO_PYTHON, noPythonRoot } from "../support/no-python.ts";
import {
  ctx,
  LIMITS,
  type OpenOptions,
  openProvider,
  type ProviderName,
  specOf,
  type TestProvider,
  text,
} from "../support/sandboxes.ts";

/** What the agent needs of an image, which is nothing: a static program and two folders. */
export function describeWithoutPython(name: ProviderName, mode: SandboxMode, options: OpenOptions = {}): void {
  const how = [name, options.transport].filter(Boolean).join(" over ");
  describe(`an image without Python, on ${how} in mode ${mode}`, () => {
    let opened: TestProvider;
    let images: ReturnType<typeof noPythonRoot>;
    beforeAll(async () => {
      images = noPythonRoot();
      opened = await openProvider(name, { ...options, image: NO_PYTHON, imagesRoot: images.root });
    });
    afterAll(async () => {
      images.dispose();
      if (shared) await opened.provider.remove(ctx, shared.id);
      expect(await opened.provider.list(ctx)).toEqual([]);
      opened.close();
      await opened.dispose?.();
    });

    let shared: Sandbox | null = null;

    /** In mode C a sandbox is good for one run. */
    async function run(request: Omit<RunRequest, "limits">): Promise<RunResult> {
      const sandbox = shared ?? (await opened.provider.create(ctx, { ...specOf(mode), image: NO_PYTHON }));
      if (mode !== "C") shared = sandbox;
      try {
        return await sandbox.run(ctx, { ...request, limits: LIMITS });
      } finally {
        if (mode === "C") await opened.provider.remove(ctx, sandbox.id);
      }
    }

    it("has one program, and runs it", async () => {
      const result = await run({
        program: { argv: ["/bin/sh", "-c", "find / -xdev -type f -path '*bin*'; cat; echo done > result; exit 3"] },
        stdin: Buffer.from("standard input\n"),
        outputs: [{ path: "result", limit: 100 }],
      });
      expect(text(result.stderr)).toBe("");
      expect(text(result.stdout)).toBe("/bin/busybox\nstandard input\n");
      expect(result).toMatchObject({ exit: { code: 3 }, limit: null, mode });
      expect(String(result.files[0]?.data)).toBe("done\n");
    });

    it("says what it lacks, and still has the toolbox's own interpreter", async () => {
      const { stderr, exit } = await run({ program: { argv: ["python3", "-c", "1"] } });
      expect([exit, text(stderr)]).toEqual([{ code: 127 }, "python3: not found\n"]);
      const result = await run({
        program: { interpreter: "plain", source: "print(sum(range(10)), input())" },
        stdin: Buffer.from("x\n"),
      });
      expect(text(result.stdout), text(result.stderr)).toBe("45 x\n");
    });
  });
}
