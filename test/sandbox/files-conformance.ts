import { pack } from "tar-stream";
import { expect, it } from "vitest";
import type { RunRequest, RunResult, Sandbox } from "../../src/sandbox/index.ts";
import { ctx, LIMITS, text } from "../support/sandboxes.ts";

/** Held bytes, archives and live output, in every provider and mode. */
export function describeFiles(
  run: (request: Omit<RunRequest, "limits">) => Promise<RunResult>,
  withSandbox: (work: (sandbox: Sandbox) => Promise<void>) => Promise<void>,
): void {
  const shell = (script: string, more: Partial<RunRequest> = {}) =>
    run({ program: { argv: ["/bin/sh", "-c", script] }, ...more });

  it("shows output while the program runs, and once more in the result", async () => {
    const seen: string[] = [];
    const source =
      "import sys, time\nfor i in range(3):\n    print(i, flush=True); time.sleep(0.05)\nprint('e', file=sys.stderr)";
    const result = await run({
      program: { interpreter: "python", source },
      onOutput: (stream, data) => seen.push(`${stream}:${Buffer.from(data).toString()}`),
    });
    expect(seen.join("")).toBe("stdout:0\nstdout:1\nstdout:2\nstderr:e\n");
    expect(text(result.stdout)).toBe("0\n1\n2\n");
  });

  it("shows a long output up to the head that is kept, and stays well", () =>
    withSandbox(async (sandbox) => {
      let seen = 0;
      const limits = { ...LIMITS, outputBytes: 64 << 20 };
      const source = "import sys\nfor _ in range(9): sys.stdout.write('x' * (1 << 20))";
      const result = await sandbox.run(ctx, {
        program: { interpreter: "python", source },
        keepBytes: 1 << 20,
        onOutput: (_, data) => (seen += data.length),
        limits,
      });
      expect(result).toMatchObject({ exit: { code: 0 }, limit: null });
      expect(seen).toBeGreaterThan(0);
      expect(seen).toBeLessThanOrEqual(1 << 20);
      if (sandbox.mode !== "C") await sandbox.check(ctx);
    }));

  it("holds bytes for later runs until they are dropped, and not more than it has room for", () =>
    withSandbox(async (sandbox) => {
      const held = await sandbox.hold(ctx, Buffer.from("#!/bin/sh\necho held $0\n"));
      const request = {
        program: { argv: ["./bin/tool"] },
        files: [{ path: "bin/tool", data: held, mode: 0o755 }],
        limits: LIMITS,
      };
      await expect(sandbox.hold(ctx, Buffer.alloc(100 << 20))).rejects.toMatchObject({ code: "sandbox_unavailable" });
      expect(text((await sandbox.run(ctx, request)).stdout)).toBe("held ./bin/tool\n");
      if (sandbox.mode === "C") return;
      expect(text((await sandbox.run(ctx, request)).stdout)).toBe("held ./bin/tool\n");
      sandbox.drop(held);
      await expect(sandbox.run(ctx, request)).rejects.toMatchObject({ context: { cause: "setup" } });
    }));

  it("fetches a folder as an archive without links, devices or what others may not read, and lays it out again", async () => {
    const script =
      "mkdir -p d/e; echo 2 > d/e/f; ln -s /etc/passwd d/l; ln -s /etc d/etc; mkfifo d/p; printf '#!/bin/sh\\n' > d/x; chmod 755 d/x";
    const made = await shell(script, { outputs: [{ path: "d", limit: 1 << 20, archive: true }] });
    const [archive] = made.files;
    expect(archive).toMatchObject({ status: "ok" });
    const back = await shell("find . -type f | sort; cat q/e/f; test -x q/x && echo runs", {
      files: [{ path: "q", data: archive?.data ?? Buffer.of(), archive: true }],
    });
    expect(text(back.stdout)).toBe("./q/e/f\n./q/x\n2\nruns\n");
    const small = await shell(script, { outputs: [{ path: "d", limit: 3, archive: true }] });
    expect(small.files[0]).toMatchObject({ status: "too_large" });
  });

  it.each([
    ["a link", { name: "l", type: "symlink" as const, linkname: "/etc" }],
    ["a hard link", { name: "l", type: "link" as const, linkname: "/etc/passwd" }],
    ["a device", { name: "l", type: "character-device" as const, devmajor: 1, devminor: 3 }],
    ["a name that leaves the folder", { name: "../l", type: "file" as const }],
    ["an absolute name", { name: "/tmp/l", type: "file" as const }],
  ])("refuses an archive with %s before anything runs", async (_, entry) => {
    const archive = pack();
    archive.entry({ name: "ok" }, "1");
    if (entry.type === "file") archive.entry(entry, "x");
    else archive.entry(entry);
    archive.finalize();
    const chunks: Buffer[] = [];
    for await (const chunk of archive as AsyncIterable<Buffer>) chunks.push(chunk);
    const data = Buffer.concat(chunks);
    await expect(shell("echo ran", { files: [{ path: ".", data, archive: true }] })).rejects.toMatchObject({
      code: "sandbox_lost",
      context: { cause: "setup" },
    });
  });
}
