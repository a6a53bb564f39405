import { candidateCouldCause } from "../../../src/sandbox/index.ts";
import type { Attack } from "../entry.ts";
import { refused, textOf, typed } from "../expect.ts";
import { limited, py } from "../kit.ts";

/** Objects of the kernel that outlive the descriptors and mappings by which they were filled. */
export const kernelObjects: readonly Attack[] = [
  {
    name: "System V segments, filled and let go of",
    run: py`
libc.shmat.restype = ctypes.c_void_p
def fill(megabytes):
    segment = syscall(29, 0, megabytes << 20, 0o1600)
    at = libc.shmat(segment, None, 0)
    ctypes.memset(at, 1, megabytes << 20)
    call("shmdt", ctypes.c_void_p(at))
    return segment
for _ in range(16): attempt("a segment of eight megabytes", lambda: fill(8))
end()
`,
    expect: refused(),
  },
  {
    name: "message queues, filled and closed",
    run: py`
def fill(name):
    queue = syscall(240, name, os.O_CREAT | os.O_RDWR | os.O_NONBLOCK, 0o600, 0)
    for _ in range(10): syscall(242, queue, bytes(8192), 8192, 0, 0)
    os.close(queue)
for number in range(8): attempt("a queue", lambda: fill(b"own%d" % number))
end()
`,
    expect: refused(),
  },
];

/**
 * A program of a hundred bytes, x86-64, that holds a gigabyte by mappings whose pages it has let go of: a megabyte after the
 * other is mapped (shared, anonymous), filled and given to `MADV_DONTNEED`; then it waits.
 */
const SMALL = [
  "41bc00040000", // 1024 times:
  "31ffbe00001000ba0300000041ba2100000049c7c0ffffffff4531c9b8090000000f05", // mmap
  "4885c0783e", // who is refused waits
  "4889c3b900010000c60001480500100000ffc975f3", // a byte into each of 256 pages
  "4889dfbe00001000ba04000000b81c0000000f05", // madvise
  "31ff31f6ba02000000b8070000000f05", // poll, for two milliseconds: it is seen before it has everything
  "41ffcc759a",
  "b8220000000f05ebf7", // pause, for ever
].join("");

const smallHolder = limited(
  py`
import struct
code = bytes.fromhex("${SMALL}")
size = 120 + len(code)
head = b"\x7fELF\x02\x01\x01" + bytes(9) + struct.pack("<HHIQQQIHHHHHH", 2, 62, 1, 0x400078, 64, 0, 0, 64, 56, 1, 64, 0, 0)
head += struct.pack("<IIQQQQQQ", 1, 5, 0, 0x400000, 0x400000, size, size, 4096)
open("/tmp/small", "wb").write(head + code)
os.chmod("/tmp/small", 0o755)
os.execv("/tmp/small", ["small"])
`,
  { wallMs: 30_000 },
);

/** The kernel ends whoever has most pages of its own, unless it was told whom to end first. */
export const smallHolders: readonly Attack[] = [
  {
    name: "held by a program so small that the kernel would end every other before it",
    run: smallHolder,
    expect: typed("memory_limit"),
  },
  {
    name: "held by such a program, whatever becomes of its run: the sandbox serves the next",
    word: "contained",
    says: "the next run is well",
    act: async (arena) => {
      const sandbox = await arena.open();
      try {
        await arena.run(sandbox, smallHolder);
      } catch (error) {
        if (!candidateCouldCause(error)) throw error;
      }
      const { stdout } = await arena.run(sandbox, py`print("well")`);
      return textOf(stdout) === "well\n" ? null : `the next run said: ${textOf(stdout)}`;
    },
  },
];
