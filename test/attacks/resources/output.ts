import type { RunResult } from "../../../src/sandbox/index.ts";
import type { AttackEntry } from "../entry.ts";
import { and, anyEnd, prints, typed } from "../expect.ts";
import { limited, py, sh, withMore } from "../kit.ts";

const KEPT = 10_000;
const flooded = and(typed("output_limit"), "head and tail are kept, the rest is counted", bounded);

function bounded({ stdout, stderr }: RunResult): boolean {
  const kept = [stdout, stderr].map(({ head, tail }) => head.length + tail.length);
  return kept.every((bytes) => bytes <= KEPT) && stdout.dropped + stderr.dropped > 1 << 20;
}

const little = { keepBytes: KEPT, limits: { outputBytes: 4 << 20 } };

export const flood: AttackEntry = {
  id: "A11",
  title: "Output flood to stdout, to stderr, to both in turn",
  variants: [
    { name: "standard output", run: withMore(py`while True: os.write(1, bytes(65536))`, little), expect: flooded },
    { name: "standard error", run: withMore(py`while True: os.write(2, b"x" * 65536)`, little), expect: flooded },
    {
      name: "both in turn, by print",
      run: withMore(
        py`
while True:
    print("x" * 1000)
    print("y" * 1000, file=sys.stderr)
`,
        little,
      ),
      expect: flooded,
    },
    { name: "in the shell", run: withMore(sh`exec yes`, little), expect: flooded },
    {
      name: "by twenty processes at once",
      run: withMore(
        py`
for _ in range(20):
    if os.fork() == 0: break
while True: os.write(1, bytes(65536))
`,
        little,
      ),
      expect: flooded,
    },
    {
      name: "a gigabyte, spliced without a copy",
      run: withMore(
        py`
zero = os.open("/tmp/zeros", os.O_RDWR | os.O_CREAT)
os.ftruncate(zero, 4 << 20)
for _ in range(256):
    sent = 0
    while sent < 4 << 20: sent += os.sendfile(1, zero, sent, 4 << 20)
`,
        little,
      ),
      expect: flooded,
    },
    {
      name: "by a child, after the first process has ended",
      run: withMore(
        py`
if os.fork() == 0:
    while True: os.write(1, bytes(65536))
`,
        little,
      ),
      expect: anyEnd(),
    },
    {
      name: "into a pipe that was made as large as it gets, at the very end",
      run: withMore(
        py`
import fcntl
try: fcntl.fcntl(1, 1031, 1 << 20)
except OSError: pass
os.write(1, b"x" * (900 << 10))
os._exit(0)
`,
        { keepBytes: 2 << 20 },
      ),
      expect: and(
        prints(/^x+$/),
        "nothing is lost",
        ({ stdout }) => stdout.head.length + stdout.tail.length === 900 << 10,
      ),
    },
  ],
  twins: [
    {
      run: withMore(
        py`
for number in range(20000): print(number)
`,
        { keepBytes: 1 << 20 },
      ),
      prints: /^0\n[^]*\n19999\n$/,
    },
  ],
};

function honest(kib: number) {
  const run = withMore(
    py`
sys.stdout.write("0123456789abcdef" * (${kib} << 6))
`,
    { keepBytes: 17 << 20, limits: { outputBytes: 17 << 20 } },
  );
  const whole = (result: RunResult) =>
    result.stdout.dropped === 0 && result.stdout.head.length + result.stdout.tail.length === kib << 10;
  return { name: `${kib} KiB`, run, expect: and(prints(/^(0123456789abcdef)/), "complete", whole) };
}

export const largeOutput: AttackEntry = {
  id: "A12",
  title: "Exactly 64 KiB, 128 KiB, 192 KiB, 1 MiB, 16 MiB of honest output",
  variants: [
    ...[64, 128, 192, 256, 1024, 16384].map(honest),
    {
      name: "one byte more than is kept",
      run: withMore(py`sys.stdout.write("x" * 100_001)`, { keepBytes: 100_000 }),
      expect: and(prints(/^x{100000}$/), "one byte is counted as dropped", ({ stdout }) => stdout.dropped === 1),
    },
    {
      name: "one byte more than is allowed",
      run: withMore(py`sys.stdout.write("x" * 1_000_001)`, { limits: { outputBytes: 1_000_000 } }),
      expect: typed("output_limit"),
    },
    {
      name: "exactly what is allowed",
      run: withMore(py`sys.stdout.write("x" * 1_000_000)`, { limits: { outputBytes: 1_000_000 } }),
      expect: prints(/^x{1000000}$/),
    },
  ],
  twins: [{ run: py`print("x" * 65536)`, prints: /^x{65536}\n$/ }],
};

/** A million system calls take a second or, where they are slow, two minutes. */
const SLOW = { cpuMs: 240_000, wallMs: 300_000 };

export const smallWrites: AttackEntry = {
  id: "A13",
  title: "Output with no newline; one byte per write at full speed",
  variants: [
    {
      name: "a million bytes, one by one",
      run: limited(
        py`
for _ in range(1_000_000): os.write(1, b"x")
`,
        { outputBytes: 4 << 20, ...SLOW },
      ),
      expect: and(
        prints(/^x+$/),
        "complete",
        ({ stdout }) => stdout.head.length + stdout.tail.length + stdout.dropped === 1_000_000,
      ),
    },
    {
      name: "one byte each to both streams in turn, for ever",
      run: limited(
        py`
while True:
    os.write(1, b"x")
    os.write(2, b"y")
`,
        { outputBytes: 1 << 20, ...SLOW },
      ),
      expect: typed("output_limit"),
    },
    {
      name: "one line of eight megabytes",
      run: withMore(py`sys.stdout.write("x" * (8 << 20))`, { keepBytes: 1 << 20, limits: { outputBytes: 16 << 20 } }),
      expect: and(prints(/^x+$/), "all but a megabyte is dropped", ({ stdout }) => stdout.dropped === 7 << 20),
    },
  ],
  twins: [
    {
      run: py`
for letter in "hello": sys.stdout.write(letter); sys.stdout.flush()
`,
      prints: "hello",
    },
  ],
};
