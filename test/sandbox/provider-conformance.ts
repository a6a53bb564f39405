import { readFileSync } from "node:fs";
import { afterAll, beforeAll, describe, expect, it as test } from "vitest";
import { SandlotError } from "../../src/core/errors/sandlot-error.ts";
import type { RunRequest, RunResult, Sandbox, SandboxMode } from "../../src/sandbox/index.ts";
import { describeBridge } from "./bridge-conformance.ts";
import { describeFiles } from "./files-conformance.ts";
import { describeSessions } from "./sessions-conformance.ts";
import {
  ctx,
  LIMITS,
  openProvider,
  type ProviderName,
  specOf,
  type TestProvider,
  type TestTransport,
  text,
} from "../support/sandboxes.ts";

export interface ConformanceOptions {
  /** Default: the provider's own. */
  readonly transport?: TestTransport;
  /** Of pods. */
  readonly namespace?: string;
  /** Default: the provider's own. */
  readonly runtime?: string | undefined;
  /** Only what a transport could break; SANDLOT_CONFORMANCE=full makes it everything. */
  readonly sample?: boolean;
}

/** What every provider does in every mode it has. Mode C sandboxes are good for one run, so each run gets its own. */
export function describeProvider(name: ProviderName, mode: SandboxMode, options: ConformanceOptions = {}): void {
  const { transport, namespace, runtime = "default" } = options;
  const spec = { ...specOf(mode), runtime };
  const sample = options.sample && process.env["SANDLOT_CONFORMANCE"] !== "full";
  /** What a transport could break. */
  const itCarries = test;
  const it = sample ? () => undefined : test;
  const details = [transport && `over ${transport}`, namespace && `in ${namespace}`, options.runtime];
  describe([`${name} provider in mode ${mode}`, ...details].filter(Boolean).join(" "), () => {
    let opened: TestProvider;
    let shared: Sandbox | null = null;

    beforeAll(async () => {
      opened = await openProvider(name, { transport, namespace });
    });
    afterAll(async () => {
      if (shared) await opened.provider.remove(ctx, shared.id);
      expect(await opened.provider.list(ctx)).toEqual([]);
      opened.close();
      await opened.dispose?.();
    });

    async function run(
      request: Omit<RunRequest, "limits"> & { limits?: Partial<RunRequest["limits"]> },
    ): Promise<RunResult> {
      const full = { ...request, limits: { ...LIMITS, ...request.limits } };
      if (mode !== "C") {
        shared ??= await opened.provider.create(ctx, spec);
        return shared.run(ctx, full);
      }
      const own = await opened.provider.create(ctx, spec);
      try {
        return await own.run(ctx, full);
      } finally {
        await opened.provider.remove(ctx, own.id);
      }
    }
    async function withSandbox(work: (sandbox: Sandbox) => Promise<void>): Promise<void> {
      const sandbox = await opened.provider.create(ctx, spec);
      try {
        await work(sandbox);
      } finally {
        await opened.provider.remove(ctx, sandbox.id);
      }
    }
    if (!sample) describeFiles(run, withSandbox);
    describeSessions(withSandbox);
    describeBridge(mode, run);

    const python = (source: string, more: Partial<Omit<RunRequest, "program">> = {}) =>
      run({ program: { interpreter: "python", source }, ...more });

    itCarries("probes itself as available and says what it stands on", async () => {
      const report = await opened.provider.probe(ctx);
      expect(report).toMatchObject({ available: true });
      expect(Object.keys(report.facts).length).toBeGreaterThan(0);
    });

    itCarries("passes the image's smoke test", async () => {
      const source = readFileSync(new URL("../../sandboxes/python/smoke-test.py", import.meta.url), "utf8");
      const result = await python(source);
      expect(text(result.stderr)).toBe("");
      expect(text(result.stdout)).toBe("ok\n");
      expect(result).toMatchObject({ exit: { code: 0 }, limit: null, mode });
    });

    itCarries("hands over stdin and files and fetches files", async () => {
      const source =
        "import sys\nopen('out/../result.bin', 'wb').write(open('deep/in.bin','rb').read()[::-1])\nprint(sys.stdin.read(), end='')";
      const result = await python(`import os\nos.mkdir('out')\n${source}`, {
        stdin: Buffer.from("äöü\n\0x"),
        files: [{ path: "deep/in.bin", data: Buffer.from([0, 1, 255]) }],
        outputs: [
          { path: "result.bin", limit: 10 },
          { path: "absent", limit: 10 },
          { path: "deep", limit: 10 },
        ],
      });
      expect(text(result.stdout)).toBe("äöü\n\0x");
      expect(result.files.map((file) => [file.path, file.status, Array.from(file.data)])).toEqual([
        ["result.bin", "ok", [255, 1, 0]],
        ["absent", "missing", []],
        ["deep", "refused", []],
      ]);
    });

    it("fetches nothing through links, pipes or devices, and nothing above the limit", async () => {
      const source =
        "import os\nos.symlink('/etc/passwd','link'); os.mkfifo('pipe'); os.symlink('/dev/zero','zero'); os.symlink('/etc','etc')\nopen('big','w').write('x'*11)";
      const outputs = ["link", "pipe", "zero", "etc/passwd", "big"].map((path) => ({ path, limit: 10 }));
      const { files } = await python(source, { outputs });
      expect(files.map((file) => file.status)).toEqual(["refused", "refused", "refused", "refused", "too_large"]);
    });

    it("refuses paths that leave the workspace before anything runs", async () => {
      for (const path of ["../x", "/etc/x", "a//b", "", "a/./b", "nul\0"]) {
        await expect(python("", { files: [{ path, data: Buffer.of() }] })).rejects.toMatchObject({
          code: "invalid_request",
        });
      }
    });

    it("runs command lines", async () => {
      const result = await run({
        program: { argv: ["/bin/sh", "-c", 'echo "$GREETING"; exit 3'] },
        env: { GREETING: "hello" },
      });
      expect(text(result.stdout)).toBe("hello\n");
      expect(result.exit).toEqual({ code: 3 });
      expect((await run({ program: { argv: ["/no/such/program"] } })).exit).toEqual({ code: 127 });
    });

    it("reports exceptions, exit codes and signals as Python has them", async () => {
      const failed = await python("def f():\n    return 1/0\nf()");
      expect(failed.exit).toEqual({ code: 1 });
      expect(text(failed.stderr)).toMatch(
        /^Traceback[^]*line 3, in <module>[^]*line 2, in f[^]*ZeroDivisionError: division by zero\n$/,
      );
      expect((await python("import sys; sys.exit(7)")).exit).toEqual({ code: 7 });
      expect(await python("import os; os.kill(os.getpid(), 11)")).toMatchObject({
        exit: { signal: 11 },
        unexplainedKill: false,
      });
      expect(await python("import os; os.kill(os.getpid(), 9)")).toMatchObject({
        exit: { signal: 9 },
        unexplainedKill: true,
      });
    });

    itCarries("ends what exceeds its processor time, wall time or output, and says which", async () => {
      expect(await python("while True: pass", { limits: { ...LIMITS, cpuMs: 300 } })).toMatchObject({ limit: "cpu" });
      expect(await python("import time; time.sleep(60)", { limits: { ...LIMITS, wallMs: 300 } })).toMatchObject({
        limit: "wall",
      });
      const flood = await python("while True: print('x' * 1000)", { keepBytes: 1000 });
      expect(flood.limit).toBe("output");
      expect(flood.stdout.head.length + flood.stdout.tail.length).toBe(1000);
      expect(flood.stdout.dropped).toBeGreaterThan(4 << 20);
    });

    it("ends a program that ignores every signal it can ignore", async () => {
      const source =
        "import signal,time\nfor s in range(1,32):\n    try: signal.signal(s, signal.SIG_IGN)\n    except OSError: pass\nwhile True: time.sleep(1)";
      expect(await python(source, { limits: { ...LIMITS, wallMs: 500 } })).toMatchObject({ limit: "wall" });
    });

    it("keeps memory within its limit, in one process and in many", async () => {
      const one = await python("x = []\nwhile True: x.append(bytearray(1 << 20))");
      expect(one).toMatchObject({ limit: "memory" });
      const source =
        "import os,time\nfor _ in range(8):\n    if os.fork() == 0:\n        x = bytearray(100 << 20)\n        time.sleep(30)\ntime.sleep(30)";
      expect(await python(source)).toMatchObject({ limit: "memory" });
    });

    it("counts the processor time of children that came and went", async () => {
      const source =
        "import os,time\nfor _ in range(6):\n    if os.fork() == 0:\n        while time.process_time() < 0.3: pass\n        os._exit(0)\n    os.wait()";
      const result = await python(source, { limits: { ...LIMITS, cpuMs: 600 } });
      expect(result.limit).toBe("cpu");
      expect(result.times.cpuMs).toBeGreaterThanOrEqual(600);
    });

    it("counts memory that processes share, and refuses memory that belongs to none", async () => {
      const source =
        "import mmap,time\nm = mmap.mmap(-1, 200 << 20)\nfor i in range(0, 200 << 20, 4096): m[i] = 1\ntime.sleep(5)";
      expect(await python(source)).toMatchObject({ limit: "memory" });
      const refused = await python("import os\ntry: os.memfd_create('x')\nexcept OSError as e: print(e.errno)");
      expect(text(refused.stdout)).toBe("1\n");
    });

    it("lets programs reserve much and touch little", async () => {
      const result = await python(
        "import mmap\nm = mmap.mmap(-1, 8 << 30, prot=0, flags=mmap.MAP_PRIVATE | mmap.MAP_ANONYMOUS | 0x4000)\nprint('ok')",
      );
      expect(text(result.stdout), text(result.stderr)).toBe("ok\n");
    });

    it("bounds processes, files and scratch space", async () => {
      const forks = await python(
        "import os\nn = 0\ntry:\n    while True:\n        if os.fork() == 0:\n            import time; time.sleep(30)\n        n += 1\nexcept OSError as e: print(n, e.errno)",
      );
      // Refused by the kernel where it counts this run's processes alone, else ended by the lane.
      if (forks.limit !== "processes") {
        expect(text(forks.stdout)).toMatch(/^\d+ 11\n$/);
        expect(Number(text(forks.stdout).split(" ")[0])).toBeLessThanOrEqual(LIMITS.processes);
      }
      expect(text((await python("open('x','wb').write(b'x' * (9 << 20))")).stderr)).toContain("File too large");
      const full = await python("for i in range(99): open(str(i),'wb').write(b'x' * (4 << 20))");
      expect(full).toMatchObject({ limit: "disk", exit: { code: 1 } });
    });

    it("keeps the output of a program whose children hold its pipes open", async () => {
      const result = await python(
        "import os,sys,time\nif os.fork() == 0:\n    time.sleep(60)\nprint('done')\nsys.stdout.flush()\nos._exit(0)",
      );
      expect(result).toMatchObject({ exit: { code: 0 }, limit: null });
      expect(text(result.stdout)).toBe("done\n");
      expect(result.times.wallMs).toBeLessThan(LIMITS.wallMs);
    });

    itCarries("returns a megabyte of output whole", async () => {
      const result = await python("import sys\nsys.stdout.write('ab' * (1 << 19))", { keepBytes: 2 << 20 });
      expect(result.stdout.dropped).toBe(0);
      expect(text(result.stdout)).toBe("ab".repeat(1 << 19));
    });

    itCarries("cuts off network, capabilities and namespaces", async () => {
      const source = `
import ctypes, os, socket
libc = ctypes.CDLL(None, use_errno=True)
def errno_of(call): return ctypes.get_errno() if call == -1 else 0
print(errno_of(libc.unshare(0x10000000)), errno_of(libc.mount(b'x', b'/tmp', b'tmpfs', 0, None)), errno_of(libc.ptrace(0, 0, 0, 0)))
for family, address in ((socket.AF_INET, ('192.0.2.1', 80)), (socket.AF_NETLINK, None)):
    try: socket.socket(family).connect(address)
    except (OSError, TypeError) as e: print(getattr(e, 'errno', None))
status = open('/proc/self/status').read()
print([l.split()[1] for l in status.splitlines() if l.startswith(('CapEff', 'Seccomp:'))], libc.prctl(39, 0, 0, 0, 0), os.getuid() >= 1000)
`;
      // Without a network namespace of its own, in a sandbox that has a network, a slot gets no internet socket at all.
      // gVisor of 2022 says that there is no way to the host, others to the network.
      const unreachable = options.runtime ? [101, 113] : [101];
      const refusals = mode === "C" && (transport === "tcp" || name === "kubernetes") ? [97] : unreachable;
      const expected = refusals.map((errno) => `1 1 1\n${errno}\n97\n['0000000000000000', '2'] 1 True\n`);
      expect(expected).toContain(text((await python(source)).stdout));
    });

    itCarries("shows a candidate neither its agent nor a secret", async () => {
      // gVisor shows everybody the numbers of a process's descriptors, if not what they are; that of 2022 also what its
      // processes were started with. No secret may be there, and nothing may open.
      const shown = options.runtime ? (mode === "C" ? ["environ", "fd", "maps"] : ["fd"]) : [];
      const source = `
import os
seen, shown = [], ${JSON.stringify(shown)}
def opens(path):
    try: os.close(os.open(path, os.O_RDONLY | os.O_NONBLOCK))
    except OSError: return False
    return True
for pid in [p for p in os.listdir('/proc') if p.isdigit() and p != str(os.getpid())]:
    for name in ('environ', 'mem', 'fd', 'maps'):
        path = f'/proc/{pid}/{name}'
        try:
            data = os.listdir(path) if name == 'fd' else open(path, 'rb').read(4096)
            secret = name == 'environ' and data.partition(b'SANDLOT_TOKEN=')[2].split(b'\\0')[0]
            secret = secret or name == 'fd' and [fd for fd in data if opens(f'{path}/{fd}')]
            if secret or name not in shown: seen.append((path, data))
        except (OSError, ValueError): pass
print(seen, sorted(os.environ), 'SANDLOT' in str(os.environ), os.listdir('/workspace'), os.listdir('/tmp'))
print(sorted(os.listdir('/proc/self/fd')))
for target in ('/usr/bin/x', '/etc/x', '/sandlot/agent/agent.py', '/x'):
    try: open(target, 'a'); print('wrote', target)
    except OSError: pass
`;
      const [first = "", fds, ...rest] = text((await python(source)).stdout)
        .trimEnd()
        .split("\n");
      expect(first.startsWith("[] ['HOME', 'LANG', 'PATH', 'TMPDIR'] False [] []")).toBe(true);
      expect(fds).toBe("['0', '1', '2', '3']");
      expect(rest).toEqual([]);
    });

    const itInLanes = mode !== "C" ? it : () => undefined;
    itInLanes("masks of /proc and /sys what engines mask", async () => {
      const source = `
import os
for name in 'acpi asound interrupts kcore keys latency_stats sched_debug scsi timer_list timer_stats'.split():
    path = '/proc/' + name
    if os.path.isdir(path) and os.listdir(path) or os.path.isfile(path): print(path)
    try:
        if os.path.exists(path) and open(path, 'rb').read(1): print(path, 'reads')
    except OSError: pass
for path in ('/sys/firmware', '/sys/devices/virtual/powercap'):
    if os.path.isdir(path) and os.listdir(path): print(path, os.listdir(path))
`;
      expect(text((await python(source)).stdout)).toBe("");
    });

    itInLanes("keeps the kernel's preference for ending candidates first", async () => {
      const source =
        "try: open('/proc/self/oom_score_adj', 'w').write('0')\nexcept OSError as e: print(e.errno)\nprint(open('/proc/self/oom_score_adj').read())";
      expect(text((await python(source)).stdout)).toMatch(/^30\n1000\n/);
    });

    it("finds a candidate's own modules before the platform's", async () => {
      const files = ["run", "files", "slot"].map((name) => ({
        path: `${name}.py`,
        data: Buffer.from(`print("own ${name}")`),
      }));
      const result = await python("import run, files, slot", { files });
      expect(text(result.stdout), text(result.stderr)).toBe("own run\nown files\nown slot\n");
    });

    it("tells a run that cannot be set up apart from one that fails", async () => {
      const files = [{ path: "big", data: Buffer.alloc(20 << 20) }];
      await expect(python("print(1)", { files })).rejects.toMatchObject({
        code: "sandbox_lost",
        context: { cause: "setup" },
      });
    });

    itCarries("leaves nothing of one run for the next", async () => {
      // The last one is a file that every pod has.
      const marks =
        "('/tmp/x','/workspace/x','/dev/shm/x','/var/tmp/x','/run/x','/dev/mqueue/x','/dev/termination-log')";
      await python(`for mark in ${marks}:\n    try: open(mark,'w').write('x')\n    except OSError: pass`);
      const source = `import os\nprint([mark for mark in ${marks} if os.path.exists(mark) and open(mark).read()])`;
      expect(text((await python(source)).stdout)).toBe("[]\n");
    });

    it("seeds randomness anew in every run", async () => {
      const source = "import random; print(random.random())";
      const [a, b] = [text((await python(source)).stdout), text((await python(source)).stdout)];
      expect(a).not.toBe(b);
    });

    it("runs a prelude first and keeps the program's own line numbers", async () => {
      const prelude = "from math import *\nanswer = 42";
      const result = await run({
        program: { interpreter: "python", source: "print(answer, floor(2.5))\nboom", prelude },
      });
      expect(text(result.stdout)).toBe("42 2\n");
      expect(text(result.stderr)).toContain("line 2, in <module>");
    });

    it("behaves like an interpreter at the end of a program", async () => {
      const source =
        "import atexit,threading,time\natexit.register(lambda: print('bye'))\nthreading.Thread(target=lambda: (time.sleep(.05), print('thread'))).start()\nprint('main')";
      expect(text((await python(source)).stdout)).toBe("main\nthread\nbye\n");
      expect(text((await python("exit('reason')")).stderr)).toBe("reason\n");
      expect(
        await python(
          "import multiprocessing as m\nif __name__ == '__main__':\n    with m.Pool(2) as p: print(p.map(abs, [-1, -2]))",
        ),
      ).toMatchObject({ exit: { code: 0 } });
    });

    itCarries("survives hostile output: control characters, protocol frames, invalid UTF-8", async () => {
      const source =
        "import os\nos.write(1, bytes(range(256)) * 4)\nfor fd in range(3, 256):\n    try: os.write(fd, b'\\x00\\x00\\x00\\x02\\x15\\x00\\x00\\x00\\x01{}')\n    except OSError: pass";
      const result = await python(source);
      expect(Array.from(result.stdout.head.subarray(0, 256))).toEqual(Array.from({ length: 256 }, (_, i) => i));
      expect(result).toMatchObject({ exit: { code: 0 } });
    });

    itCarries("kills a run whose context ends, and stays usable", async () => {
      const sandbox = await opened.provider.create(ctx, spec);
      const controller = new AbortController();
      const running = sandbox.run(
        { ...ctx, signal: controller.signal },
        { program: { interpreter: "python", source: "while True: pass" }, limits: LIMITS },
      );
      setTimeout(() => controller.abort(new SandlotError("cancelled", { detail: "by the test" })), 200);
      await expect(running).rejects.toMatchObject({ code: "cancelled" });
      if (mode !== "C") {
        const after = await sandbox.run(ctx, {
          program: {
            interpreter: "python",
            source: "import os; print(len([p for p in os.listdir('/proc') if p.isdigit()]))",
          },
          limits: LIMITS,
        });
        expect(text(after.stdout)).toMatch(/^[13]\n$/);
      }
      await opened.provider.remove(ctx, sandbox.id);
    });

    itCarries("removes what it is asked to remove, twice if asked twice, and says how it ended", async () => {
      const sandbox = await opened.provider.create(ctx, spec);
      await sandbox.check(ctx);
      expect((await opened.provider.list(ctx)).map((listing) => listing.id)).toContain(sandbox.id);
      await opened.provider.remove(ctx, sandbox.id);
      await opened.provider.remove(ctx, sandbox.id);
      expect(await sandbox.ended).toMatchObject({ cause: "closed" });
      await expect(
        sandbox.run(ctx, { program: { interpreter: "python", source: "" }, limits: LIMITS }),
      ).rejects.toMatchObject({ code: "sandbox_lost" });
      expect((await opened.provider.list(ctx)).map((listing) => listing.id)).not.toContain(sandbox.id);
    });

    itCarries("has removed a sandbox when it says so, whoever else removes it", async () => {
      const { id } = await opened.provider.create(ctx, spec);
      const listed = await Promise.all(
        Array.from({ length: 3 }, async () => {
          await opened.provider.remove(ctx, id);
          return opened.provider.list(ctx);
        }),
      );
      expect(listed.flat().filter((listing) => listing.id === id)).toEqual([]);
    });

    it("refuses a runtime it lacks, and leaves nothing of the attempt", async () => {
      const before = await opened.provider.list(ctx);
      for (let attempt = 0; attempt < 3; attempt++) {
        await expect(opened.provider.create(ctx, { ...spec, runtime: "no-such-runtime" })).rejects.toMatchObject({
          code: "sandbox_unsupported",
        });
        expect(await opened.provider.list(ctx)).toEqual(before);
      }
    });

    it("refuses an image that nobody described", async () => {
      await expect(opened.provider.create(ctx, { ...spec, image: "no-such-image" })).rejects.toMatchObject({
        code: "sandbox_image_missing",
      });
    });
  });
}
