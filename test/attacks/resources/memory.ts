import type { AttackEntry } from "../entry.ts";
import { prints, typed } from "../expect.ts";
import { cold, limited, py, sh } from "../kit.ts";
import { memoryInC } from "./compiled.ts";
import { smallHolders } from "./objects.ts";

const outOfMemory = typed("memory_limit");

export const touchMemory: AttackEntry = {
  id: "A03",
  title: "Memory bomb by touching pages",
  variants: [
    {
      name: "a list that grows",
      run: py`
hoard = []
while True: hoard.append(bytearray(1 << 20))
`,
      expect: outOfMemory,
    },
    {
      name: "going on after each refusal",
      run: limited(
        py`
hoard = []
while True:
    try: hoard.append(bytearray(1 << 20))
    except MemoryError: pass
`,
        { cpuMs: 500 },
      ),
      expect: typed("memory_limit", "time_limit"),
    },
    {
      name: "shared anonymous pages",
      run: py`
import mmap
pages = mmap.mmap(-1, 256 << 20)
for at in range(0, 256 << 20, 4096): pages[at] = 1
time.sleep(30)
`,
      expect: outOfMemory,
    },
    {
      name: "in children, each below the limit",
      run: py`
for _ in range(8):
    spawn(lambda: (bytearray(40 << 20), time.sleep(30)))
time.sleep(30)
`,
      expect: outOfMemory,
    },
    {
      name: "in orphans with sessions of their own",
      run: py`
def hide():
    os.setsid()
    if os.fork(): os._exit(0)
    hoard = bytearray(40 << 20)
    time.sleep(30)
for _ in range(8): os.waitpid(spawn(hide), 0)
time.sleep(30)
`,
      expect: outOfMemory,
    },
    {
      name: "shared pages that are let go of by the process and kept by the mapping",
      run: limited(
        py`
import mmap
hoard = []
while len(hoard) < 64:
    pages = mmap.mmap(-1, 8 << 20)
    for at in range(0, 8 << 20, 4096): pages[at] = 1
    pages.madvise(mmap.MADV_DONTNEED)
    hoard.append(pages)
time.sleep(30)
`,
        { wallMs: 4000 },
      ),
      expect: outOfMemory,
    },
    {
      name: "shared pages that a child keeps by a mapping it never touches",
      run: limited(
        py`
import mmap
for _ in range(20):
    pages = mmap.mmap(-1, 32 << 20)
    spawn(lambda: time.sleep(30))
    for at in range(0, 32 << 20, 4096): pages[at] = 1
    pages.close()
time.sleep(30)
`,
        { wallMs: 4000 },
      ),
      expect: outOfMemory,
    },
    {
      name: "a device that maps to the same kind of pages",
      run: limited(
        py`
import mmap
device = os.open("/dev/zero", os.O_RDWR)
hoard = []
while len(hoard) < 20:
    pages = mmap.mmap(device, 32 << 20)
    for at in range(0, 32 << 20, 4096): pages[at] = 1
    pages.madvise(mmap.MADV_DONTNEED)
    hoard.append(pages)
time.sleep(30)
`,
        { wallMs: 4000 },
      ),
      expect: outOfMemory,
    },
    {
      name: "pushed out of the resident set by madvise",
      run: py`
import mmap
def hide():
    pages = mmap.mmap(-1, 40 << 20, flags=mmap.MAP_PRIVATE | mmap.MAP_ANONYMOUS)
    for at in range(0, 40 << 20, 4096): pages[at] = 1
    pages.madvise(21)  # MADV_PAGEOUT
    time.sleep(30)
for _ in range(8): spawn(hide)
time.sleep(30)
`,
      expect: outOfMemory,
    },
    {
      name: "the stack, by a call that calls itself",
      run: py`machine(bytes.fromhex("e8fbffffff"))()`,
      expect: typed("memory_limit", "runtime_error"),
    },
    {
      name: "the stack, whose limit it has raised",
      run: py`
import resource
try: resource.setrlimit(resource.RLIMIT_STACK, (resource.RLIM_INFINITY, resource.RLIM_INFINITY))
except (ValueError, OSError): pass
# 150 MiB of stack, a byte in each page: "mov rdx,rsp; mov ecx,38400; 1: sub rsp,4096; mov byte [rsp],1; dec ecx; jnz 1b".
machine(bytes.fromhex("4889e2b9009600004881ec00100000c6042401ffc975f14889d431c0c3"))()
time.sleep(0.3)
print("held")
`,
      expect: typed("memory_limit", "runtime_error"),
    },
    ...smallHolders,
    {
      name: "in a shell variable",
      run: sh`x=aaaaaaaaaaaaaaaa; while :; do x=$x$x; done`,
      expect: typed("memory_limit", "runtime_error"),
    },
    {
      name: "an interpreter that is started as a command",
      run: cold`
hoard = []
while True: hoard.append(bytearray(1 << 20))
`,
      expect: outOfMemory,
    },
    {
      name: "page tables, by reading a byte every two megabytes",
      run: limited(
        py`
libc.mmap.restype = ctypes.c_void_p
at = libc.mmap(None, ctypes.c_size_t(96 << 30), 1, 0x4022, -1, ctypes.c_long(0))
for offset in range(0, 96 << 30, 2 << 20): ctypes.c_char.from_address(at + offset).value
time.sleep(30)
`,
        { wallMs: 8000 },
      ),
      expect: outOfMemory,
    },
    {
      name: "arguments and environment of a megabyte and more",
      run: py`
try: os.execve("/usr/bin/python3", ["x", "-c", "print('ran')"] + ["y" * 100000] * 400, {})
except OSError as error: print("refused", error.errno)
`,
      // Too long as a list, or in gVisor one of them.
      expect: prints(/^(refused (7|36)|ran)\n$/),
    },
    ...memoryInC,
  ],
  twins: [
    {
      run: py`
big = bytearray(40 << 20)
big[::4096] = b"x" * len(big[::4096])
print(sum(big) // ord("x"))
`,
      prints: "10240\n",
    },
    {
      run: py`
import array
print(sum(array.array("q", range(2_000_000))))
`,
      prints: "1999999000000\n",
    },
  ],
};

export const swap: AttackEntry = {
  id: "A05",
  title: "Swap escape",
  variants: [
    {
      name: "private pages that are pushed out make room for more",
      run: limited(
        py`
import mmap
hoard = []
while len(hoard) < 64:
    pages = mmap.mmap(-1, 8 << 20, flags=mmap.MAP_PRIVATE | mmap.MAP_ANONYMOUS)
    for at in range(0, 8 << 20, 4096): pages[at] = 1
    pages.madvise(21)
    hoard.append(pages)
time.sleep(30)
`,
        { wallMs: 4000 },
      ),
      expect: typed("memory_limit", "runtime_error"),
    },
  ],
  twins: [
    {
      run: py`print([line.split()[1] for line in open("/proc/self/status") if line.startswith("VmSwap")])`,
      // gVisor has none, and no line for it.
      prints: /^\[('0')?\]\n$/,
    },
  ],
  elsewhere: [{ file: "src/sandbox/docker/container.test.ts", test: "allows no swap, and memory and processes" }],
};

export const reservation: AttackEntry = {
  id: "A06",
  title: "Huge virtual reservation",
  variants: [
    {
      name: "reserved without access, then opened and touched piece by piece",
      run: py`
libc.mmap.restype = ctypes.c_void_p
at = libc.mmap(None, ctypes.c_size_t(16 << 30), 0, 0x4022, -1, ctypes.c_long(0))
for offset in range(0, 16 << 30, 4 << 20):
    call("mprotect", ctypes.c_void_p(at + offset), ctypes.c_size_t(4 << 20), 3)
    ctypes.memset(at + offset, 1, 4 << 20)
`,
      expect: typed("memory_limit", "runtime_error"),
    },
    {
      name: "shared without a reserve, then touched",
      run: py`
libc.mmap.restype = ctypes.c_void_p
at = libc.mmap(None, ctypes.c_size_t(16 << 30), 3, 0x4021, -1, ctypes.c_long(0))
for offset in range(0, 16 << 30, 4 << 20): ctypes.memset(at + offset, 1, 4 << 20)
`,
      expect: typed("memory_limit"),
    },
    {
      name: "asked for by the gigabyte, and never touched",
      run: py`
hoard = [bytes(256 << 20) for _ in range(16)]
print("reserved", len(hoard))
`,
      expect: outOfMemory,
    },
  ],
  twins: [
    {
      run: py`
import mmap
# As a JVM, a Go runtime or a sanitizer does it.
heap = mmap.mmap(-1, 64 << 30, prot=0, flags=mmap.MAP_PRIVATE | mmap.MAP_ANONYMOUS | 0x4000)
arena = mmap.mmap(-1, 8 << 20)
arena[:3] = b"abc"
print(arena[:3])
`,
      prints: "b'abc'\n",
    },
  ],
};
