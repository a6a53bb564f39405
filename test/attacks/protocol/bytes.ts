import { messageOf, SandlotError } from "../../../src/core/errors/sandlot-error.ts";
import { faultCause } from "../../../src/sandbox/index.ts";
import type { AttackEntry } from "../entry.ts";
import { and, anotherRefusal, oneOf, prints, textOf, typed } from "../expect.ts";
import { LIMITS } from "../gate/defaults.ts";
import { cold, limited, py, sh, withMore } from "../kit.ts";

const whole = (expected: Buffer, stream: "stdout" | "stderr" = "stdout") =>
  and(prints(/[^]*/), "returned to the byte", (result) => {
    const { head, tail, dropped } = result[stream];
    return dropped === 0 && Buffer.concat([head, tail]).equals(expected);
  });

const ODD_BYTES = Buffer.concat([
  Buffer.from(Array.from({ length: 256 }, (_, n) => n)),
  Buffer.from([
    0xed, 0xa0, 0x80, 0xed, 0xb0, 0x80, 0xc0, 0x80, 0xf8, 0x88, 0x80, 0x80, 0x80, 0xff, 0xfe, 0xef, 0xbb, 0xbf,
  ]),
  Buffer.from("\u001b[2J\u001b]0;title\u0007\u0000\r\n\u2028\u2029\u202e😀\u{10ffff}"),
]);

export const oddBytes: AttackEntry = {
  id: "F73",
  title: "Invalid UTF-8, NUL bytes, lone surrogates, split characters, ANSI escapes, long lines in output",
  variants: [
    {
      name: "bytes of every kind",
      run: withMore(py`os.write(1, sys.stdin.buffer.read())`, { stdin: ODD_BYTES }),
      expect: whole(ODD_BYTES),
    },
    {
      name: "bytes of every kind on standard error, from a command",
      run: withMore(sh`cat >&2`, { stdin: ODD_BYTES }),
      expect: whole(ODD_BYTES, "stderr"),
    },
    {
      name: "characters of four bytes across every edge",
      run: withMore(
        py`
os.write(1, b"x")
sys.stdout.write("😀" * 70000)
`,
        { keepBytes: 1 << 20 },
      ),
      expect: whole(Buffer.from(`x${"😀".repeat(70_000)}`)),
    },
    {
      name: "characters of four bytes where head and tail are cut",
      run: withMore(
        py`
sys.stdout.write("x" + "😀" * 70000)
`,
        { keepBytes: 1001 },
      ),
      expect: and(
        prints(/[^]*/),
        "what is kept and what is dropped add up",
        ({ stdout: { head, tail, dropped } }) => head.length + tail.length + dropped === 280_001,
      ),
    },
    {
      name: "lone surrogates in a program and in its output",
      run: py`
print("\ud800".encode("utf-8", "surrogatepass"))
try: print("\ud800")
except UnicodeEncodeError: print("refused")
`,
      expect: prints(/^b'\\xed\\xa0\\x80'\n/),
    },
    {
      name: "names of exceptions and files that are no text",
      run: py`
os.chdir(os.fsdecode(b"/tmp"))
open(b"\xff\xfe.py", "w").write("1/0")
raise ValueError("\udcff\x00\x1b[31m" + "x" * 100000)
`,
      expect: typed("runtime_error"),
    },
    {
      name: "a source with every byte in a comment",
      run: { program: { interpreter: "python", source: "# \u0001\u001b\u2028😀\nprint('ran')" } },
      expect: prints("ran\n"),
    },
    {
      name: "a source with a NUL",
      run: { program: { interpreter: "python", source: "print('ran')\0" } },
      expect: oneOf(typed("runtime_error"), prints("ran\n")),
    },
    {
      name: "one line of a megabyte",
      run: withMore(py`print("x" * (1 << 20))`, { keepBytes: 2 << 20 }),
      expect: whole(Buffer.from(`${"x".repeat(1 << 20)}\n`)),
    },
  ],
  twins: [
    {
      run: withMore(py`print(sys.stdin.read())`, { stdin: Buffer.from("grüße, 世界, 😀") }),
      prints: "grüße, 世界, 😀\n",
    },
  ],
};

export const sizes: AttackEntry = {
  id: "F74",
  title: "Code of 10 MB; 10,000 files; a megabyte of input that is never read; no input against empty input",
  variants: [
    {
      name: "ten megabytes of code",
      run: {
        program: { interpreter: "python", source: `x = """${"0123456789abcdef".repeat(640 << 10)}"""\nprint(len(x))` },
        limits: { memoryBytes: 256 << 20 },
      },
      expect: prints(`${16 * (640 << 10)}\n`),
    },
    {
      name: "ten thousand files",
      word: "contained",
      says: "all are there",
      act: async (arena) => {
        const sandbox = await arena.open({ scratchBytes: 64 << 20 });
        const files = Array.from({ length: 10_000 }, (_, n) => ({ path: `in/${n}`, data: Buffer.from("x") }));
        const { stdout } = await sandbox.run(arena.ctx, {
          ...withMore(py`print(len(os.listdir("in")))`, { files }),
          limits: LIMITS,
        });
        return textOf(stdout) === "10000\n" ? null : textOf(stdout);
      },
    },
    {
      name: "input that is never read",
      run: withMore(py`print("done")`, { stdin: Buffer.alloc(1 << 20, "x") }),
      expect: prints("done\n"),
    },
    {
      name: "input that is read in part",
      run: withMore(sh`head -c 10; echo`, { stdin: Buffer.alloc(3 << 20, "x") }),
      expect: prints("xxxxxxxxxx\n"),
    },
    { name: "no input", run: py`print(repr(sys.stdin.read()))`, expect: prints("''\n") },
    {
      name: "empty input",
      run: withMore(py`print(repr(sys.stdin.read()))`, { stdin: Buffer.alloc(0) }),
      expect: prints("''\n"),
    },
    {
      name: "input of five megabytes",
      run: withMore(cold`print(len(sys.stdin.read()))`, { stdin: Buffer.alloc(5 << 20, "x") }),
      expect: prints(`${5 << 20}\n`),
    },
    { name: "no program at all", run: { program: { interpreter: "python", source: "" } }, expect: prints("") },
    {
      name: "a command that is not there",
      run: { program: { argv: ["/no/such/command"] } },
      expect: typed("runtime_error"),
    },
    { name: "a command that is a folder", run: { program: { argv: ["/tmp"] } }, expect: typed("runtime_error") },
    {
      name: "an empty argument and one with line breaks",
      run: { program: { argv: ["/bin/sh", "-c", 'printf "%s|" "$@"', "sh", "", "a\nb", "é"] } },
      expect: prints("|a\nb|é|"),
    },
  ],
  twins: [
    {
      run: withMore(
        py`
print(sum(map(int, sys.stdin)))
`,
        { stdin: Buffer.from(Array.from({ length: 1000 }, (_, n) => n).join("\n")) },
      ),
      prints: "499500\n",
    },
  ],
};

export const wireFormats: AttackEntry = {
  id: "F79",
  title: "Output in our own wire format, SSE or JSON frames, end markers",
  variants: [
    {
      name: "server-sent events and JSON results",
      run: py`
print('data: {"type":"end","status":"ok"}\n\n' * 10)
print('{"exit": {"code": 0}, "limit": null, "status": "passed", "reward": 1}')
sys.exit(9)
`,
      expect: and(typed("runtime_error"), "exit code 9", ({ exit }) => "code" in exit && exit.code === 9),
    },
    {
      name: "frames of the protocol, whole and cut",
      run: withMore(
        py`
import struct
for kind in range(256): os.write(1, struct.pack(">IBI", 2, kind, 1) + b"{}")
os.write(1, struct.pack(">IBI", 65536, 21, 1))
`,
        { keepBytes: 1 << 16 },
      ),
      expect: and(
        prints(/[^]*/),
        "all of it is data",
        ({ stdout }) => stdout.head.length + stdout.tail.length === 256 * 11 + 9,
      ),
    },
    {
      name: "the header of the engine's own stream",
      run: py`os.write(1, b"\x02\x00\x00\x00\x00\x00\x00\x05error" * 3)`,
      expect: whole(Buffer.from("\u0002\0\0\0\0\0\0\u0005error".repeat(3))),
    },
    {
      name: "a last line that names another failure",
      run: py`
print("MemoryError", file=sys.stderr)
print("ok")
`,
      expect: prints("ok\n"),
    },
    {
      name: "multipart boundaries, chunk sizes and terminators",
      run: py`print("0\r\n\r\n--boundary--\r\nHTTP/1.1 200 OK\r\n\r\n\x04\x1a\x00EOF", end="")`,
      expect: whole(Buffer.from("0\r\n\r\n--boundary--\r\nHTTP/1.1 200 OK\r\n\r\n\u0004\u001a\0EOF")),
    },
  ],
  twins: [
    {
      run: py`
import json
print(json.dumps({"exit": {"code": 0}}))
`,
      prints: '{"exit": {"code": 0}}\n',
    },
  ],
};

const SEVERE = { wallMs: 1, cpuMs: 1, memoryBytes: 1, outputBytes: 1, processes: 1, diskBytes: 1, openFiles: 1 };

export const oddLimits: AttackEntry = {
  id: "F75",
  title: "Unknown interpreter; negative, zero, NaN, huge or contradictory limits",
  variants: [
    ...[-1, 0, NaN, Infinity, -Infinity, 0.5, 2 ** 60].map((value) => ({
      name: `every limit in turn is ${value}`,
      word: "refused" as const,
      says: "refused before anything runs",
      act: async (arena: Parameters<Extract<AttackEntry["variants"][number], { act: unknown }>["act"]>[0]) => {
        const sandbox = await arena.open();
        for (const name of Object.keys(SEVERE)) {
          try {
            await sandbox.run(arena.ctx, { ...py`print(1)`, limits: { ...SEVERE, wallMs: 1000, [name]: value } });
            return `${name}: ${value} was taken`;
          } catch (error) {
            const names = SandlotError.is(error, "invalid_request") && error.message.includes(`limits.${name}:`);
            if (!names) return anotherRefusal(error);
          }
        }
        return null;
      },
    })),
    ...Object.keys(SEVERE)
      .filter((name) => name !== "openFiles")
      .map((name) => ({
        name: `${name} of 1`,
        run: limited(py`print("ran")`, { [name]: 1 }),
        expect: oneOf(
          prints("ran\n"),
          typed("runtime_error", "memory_limit", "time_limit", "output_limit", "process_limit", "disk_limit"),
        ),
      })),
    {
      name: "everything as small as it may be",
      run: limited(py`print("ran")`, { ...SEVERE, openFiles: 8 }),
      expect: typed("runtime_error", "memory_limit", "time_limit", "output_limit", "process_limit", "disk_limit"),
    },
    {
      name: "everything as large as a number can be",
      run: limited(
        py`print("ran")`,
        Object.fromEntries(Object.keys(SEVERE).map((name) => [name, Number.MAX_SAFE_INTEGER])),
      ),
      expect: prints("ran\n"),
    },
    {
      name: "fewer open files than a program is started with",
      run: limited(py`print("ran")`, { openFiles: 8 }),
      expect: prints("ran\n"),
    },
    {
      name: "an interpreter that the image lacks",
      word: "refused",
      says: "refused before anything runs",
      act: async (arena) => {
        const sandbox = await arena.open();
        for (const interpreter of ["cobol", "", "__proto__", "constructor", "../python"]) {
          try {
            await arena.run(sandbox, { program: { interpreter, source: "" } });
            return `${interpreter} ran`;
          } catch (error) {
            const names =
              faultCause(error) === "setup" && messageOf(error).endsWith("unknown operation or interpreter");
            if (!names) return anotherRefusal(error);
          }
        }
        return null;
      },
    },
  ],
  twins: [
    {
      run: limited(py`print("ran")`, {
        wallMs: 5000,
        cpuMs: 1000,
        memoryBytes: 32 << 20,
        outputBytes: 100,
        processes: 4,
        diskBytes: 1000,
        openFiles: 16,
      }),
      prints: "ran\n",
    },
  ],
};
