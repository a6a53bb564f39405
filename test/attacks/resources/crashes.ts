import type { AttackEntry } from "../entry.ts";
import { and, prints, refused, typed } from "../expect.ts";
import { cold, limited, py, sh, withMore } from "../kit.ts";
import { compilers } from "./compiled.ts";

export const descriptors: AttackEntry = {
  id: "A19",
  title: "File-descriptor exhaustion",
  variants: [
    {
      name: "open files",
      run: py`
hoard = []
while True: hoard.append(open("/dev/null"))
`,
      expect: typed("runtime_error"),
    },
    {
      name: "all that it may have, in every process that it may have",
      run: limited(
        py`
def hoard():
    held = []
    try:
        while True: held += os.pipe()
    except OSError: pass
    time.sleep(0.5)
for _ in range(20): spawn(hoard)
time.sleep(0.5)
print("held")
`,
        { cpuMs: 20_000, wallMs: 60_000 },
      ),
      expect: prints("held\n"),
    },
    {
      name: "more than it may have, by raising the limit",
      run: py`
import resource
attempt("setrlimit", lambda: resource.prlimit(0, resource.RLIMIT_NOFILE, (4096, 4096)) if resource.getrlimit(resource.RLIMIT_NOFILE)[1] < 4096 else None)
attempt("dup2 above it", lambda: os.dup2(0, 100))
end()
`,
      expect: refused(),
    },
    {
      name: "inotify instances, of which the kernel has few for each user",
      run: limited(
        py`
def hoard():
    held = []
    try:
        while True: held.append(syscall(294, 0))
    except OSError: pass
    time.sleep(1)
for _ in range(18):
    try: spawn(hoard)
    except OSError: pass
time.sleep(1)
print("held")
`,
        { cpuMs: 20_000, wallMs: 60_000 },
      ),
      expect: prints("held\n"),
      beside: {
        afterMs: 500,
        // A program that lives without them is served as well as one that gets them.
        run: py`
try: print("watching" if syscall(294, 0) > 0 else "")
except OSError as error: print("refused" if error.errno in (errno.EPERM, errno.ENOSYS) else error)
`,
        expect: prints(/^(watching|refused)\n$/),
      },
    },
    {
      name: "contexts for asynchronous input and output, of which the machine has few",
      run: py`
try: syscall(206, 65000, ctypes.byref(ctypes.c_ulong()))
except OSError: pass
# gVisor has no such table: its contexts are memory of whoever asks for them.
print(not os.path.exists("/proc/sys/fs/aio-nr") or int(open("/proc/sys/fs/aio-nr").read()) < 30000)
`,
      expect: prints("True\n"),
    },
    {
      name: "pseudo-terminals, of which the machine has few",
      run: py`
attempt("ptmx", lambda: os.open("/dev/ptmx", os.O_RDWR))
attempt("pts/ptmx", lambda: os.open("/dev/pts/ptmx", os.O_RDWR))
attempt("openpty", os.openpty)
attempt("tty", lambda: os.open("/dev/tty", os.O_RDWR))
end()
`,
      expect: refused(),
    },
    {
      name: "nested epoll instances",
      run: py`
import select
held = [select.epoll()]
try:
    while True:
        held.append(select.epoll())
        held[-1].register(held[-2])
except OSError as error: print("stopped", len(held) < 64)
`,
      expect: prints("stopped True\n"),
    },
  ],
  twins: [
    {
      run: py`
held = [open("/dev/null") for _ in range(40)]
reader, writer = os.pipe()
os.write(writer, b"x")
print(len(held), os.read(reader, 1))
`,
      prints: "40 b'x'\n",
    },
  ],
};

export const stackOverflow: AttackEntry = {
  id: "A20",
  title: "Stack overflow by recursion; setrecursionlimit huge",
  variants: [
    {
      name: "plain recursion",
      run: py`
def deeper(): deeper()
deeper()
`,
      expect: typed("runtime_error"),
    },
    {
      name: "with a huge limit of recursion",
      run: py`
sys.setrecursionlimit(2 ** 31 - 1)
def deeper(): deeper()
deeper()
`,
      // Telling where it happened takes longer than it happening.
      expect: typed("runtime_error", "memory_limit", "time_limit"),
    },
    {
      name: "through the methods of objects, below the interpreter's count",
      run: py`
sys.setrecursionlimit(2 ** 31 - 1)
class Deep:
    def __repr__(self): return repr([self])
    def __eq__(self, other): return self == other
    def __getattr__(self, name): return getattr(self, name + "x")
for act in (lambda: repr(Deep()), lambda: Deep() == Deep(), lambda: Deep().x): act()
`,
      expect: typed("runtime_error", "memory_limit"),
    },
    {
      name: "in a thread with a small stack",
      run: py`
import threading
sys.setrecursionlimit(10 ** 9)
threading.stack_size(65536)
def deeper(n): return deeper(n + 1) + len(str(n) * 3)
thread = threading.Thread(target=deeper, args=(0,))
thread.start()
thread.join()
sys.exit(1)
`,
      expect: typed("runtime_error", "memory_limit"),
    },
    {
      name: "in the shell",
      run: sh`deeper() { deeper; }; deeper`,
      expect: typed("runtime_error", "memory_limit", "time_limit"),
    },
    {
      name: "of nested data, when it is freed",
      run: py`
nested = []
for _ in range(1_000_000): nested = [nested]
del nested
print("freed")
sys.exit(1)
`,
      expect: typed("runtime_error", "memory_limit"),
    },
  ],
  twins: [
    {
      run: py`
sys.setrecursionlimit(50_000)
def depth(n): return n if n == 0 else depth(n - 1) + 1
print(depth(20_000))
`,
      prints: "20000\n",
    },
  ],
};

const huge = "x".repeat(100);

export const compileBomb: AttackEntry = {
  id: "A22",
  title: "Compile bombs",
  variants: [
    {
      name: "brackets, nested a million deep",
      run: { program: { interpreter: "python", source: `${"(".repeat(1_000_000)}${")".repeat(1_000_000)}` } },
      expect: typed("runtime_error", "memory_limit"),
    },
    {
      name: "an expression of a hundred thousand sums",
      run: { program: { interpreter: "python", source: `print(1${"+1".repeat(100_000)})` } },
      expect: typed("runtime_error", "memory_limit"),
    },
    {
      name: "constants that the compiler folds",
      run: limited(
        py`
eval("((1 << 10000000) - 1) ** 50000")
eval("'x' * 10 ** 11")
`,
        { cpuMs: 500 },
      ),
      expect: typed("time_limit", "memory_limit"),
    },
    {
      name: "f-strings within f-strings and blocks within blocks",
      run: {
        program: {
          interpreter: "python",
          source: Array.from({ length: 150 }, (_, n) => `${" ".repeat(n)}if 1:`).join("\n"),
        },
      },
      expect: typed("runtime_error"),
    },
    {
      name: "a source of eight megabytes of names",
      run: limited(
        {
          program: {
            interpreter: "python",
            source: Array.from({ length: 70_000 }, (_, n) => `a${n} = "${huge}${n}"`).join("\n"),
          },
        },
        { cpuMs: 2000 },
      ),
      expect: typed("memory_limit", "time_limit", "runtime_error"),
    },
    {
      name: "a source that is no text",
      run: {
        program: { argv: ["/usr/bin/python3", "bomb.py"] },
        files: [{ path: "bomb.py", data: Buffer.from([0xff, 0xfe, 0, 1, 2, 255]) }],
      },
      expect: typed("runtime_error"),
    },
    ...compilers,
  ],
  twins: [
    {
      run: {
        program: { interpreter: "python", source: `print(${"(".repeat(50)}1${"+1".repeat(500)}${")".repeat(50)})` },
      },
      prints: "501\n",
    },
  ],
};

export const coreDumps: AttackEntry = {
  id: "A23",
  title: "Core dumps",
  variants: [
    {
      name: "a crash of the interpreter",
      run: withMore(
        py`
import resource
try: resource.setrlimit(resource.RLIMIT_CORE, (resource.RLIM_INFINITY, resource.RLIM_INFINITY))
except (ValueError, OSError): pass
libc.prctl(4, 1, 0, 0, 0)
ctypes.string_at(0)
`,
        {
          outputs: [
            { path: "core", limit: 1000 },
            { path: "core.2", limit: 1000 },
          ],
        },
      ),
      expect: and(typed("runtime_error"), "no core file", ({ files }) =>
        files.every(({ status }) => status === "missing"),
      ),
    },
    {
      name: "a crash of a command, and a look at what it left",
      run: sh`ulimit -c unlimited 2>/dev/null; (kill -SEGV $$) ; sh -c 'kill -ABRT $$'; ls -A /workspace /tmp`,
      expect: typed("runtime_error"),
    },
    {
      name: "the limit is raised",
      run: py`
import resource
attempt("core", lambda: resource.setrlimit(resource.RLIMIT_CORE, (1 << 20, 1 << 20)) if True else None)
end()
`,
      expect: {
        ...refused(),
        check: (result) =>
          /setrlimit|not allowed|refused/.test(
            Buffer.from(result.stderr.head).toString() + Buffer.from(result.stdout.head).toString(),
          )
            ? null
            : "raised",
      },
    },
  ],
  twins: [
    {
      run: cold`
import resource
print(resource.getrlimit(resource.RLIMIT_CORE)[0])
`,
      prints: /^[01]\n$/,
    },
  ],
};
