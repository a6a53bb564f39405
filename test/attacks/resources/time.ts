import type { RunResult } from "../../../src/sandbox/index.ts";
import type { AttackEntry, Expectation } from "../entry.ts";
import { and, prints, typed } from "../expect.ts";
import { limited, py, sh } from "../kit.ts";
import { cpuInC } from "./compiled.ts";

/** Processor time; on a loaded machine it takes its time to be used up. */
const short = { cpuMs: 400, wallMs: 40_000 };
const brief = { wallMs: 500 };

function by(limit: RunResult["limit"]): Expectation {
  return and(typed("time_limit"), `limit ${limit}`, (result) => result.limit === limit);
}

export const busyLoop: AttackEntry = {
  id: "A14",
  title: "Busy loop",
  variants: [
    { name: "in the interpreter", run: limited(py`while True: pass`, short), expect: by("cpu") },
    { name: "in the shell", run: limited(sh`while :; do :; done`, short), expect: by("cpu") },
    {
      name: "in a child, while the first process sleeps",
      run: limited(
        py`
if os.fork() == 0:
    while True: pass
time.sleep(60)
`,
        short,
      ),
      expect: by("cpu"),
    },
    {
      name: "in many children, each for a moment, waited for",
      run: limited(
        py`
def burn():
    until = time.process_time() + 0.01
    while time.process_time() < until: pass
while True: os.waitpid(spawn(burn), 0)
`,
        short,
      ),
      expect: by("cpu"),
    },
    {
      name: "in many children, each for a moment, whose end is ignored",
      run: limited(
        py`
import signal
signal.signal(signal.SIGCHLD, signal.SIG_IGN)
def burn():
    until = time.process_time() + 0.01
    while time.process_time() < until: pass
while True:
    spawn(burn)
    time.sleep(0.011)
`,
        short,
      ),
      expect: by("cpu"),
    },
    {
      name: "in children one after the other, each below the limit, whose end is ignored",
      run: limited(
        py`
import signal
signal.signal(signal.SIGCHLD, signal.SIG_IGN)
def burn():
    until = time.process_time() + 0.2
    while time.process_time() < until: pass
for _ in range(12):
    pid = spawn(burn)
    try: os.waitpid(pid, 0)  # which waits until nobody is left, and is told nothing
    except ChildProcessError: pass
`,
        short,
      ),
      expect: by("cpu"),
    },
    {
      name: "in orphans, each for a moment",
      run: limited(
        py`
def burn():
    if os.fork(): os._exit(0)
    until = time.process_time() + 0.01
    while time.process_time() < until: pass
while True:
    os.waitpid(spawn(burn), 0)
    time.sleep(0.01)
`,
        short,
      ),
      expect: by("cpu"),
    },
    {
      name: "in threads that come and go",
      run: limited(
        py`
import threading
def burn():
    until = time.thread_time() + 0.01
    while time.thread_time() < until: pass
while True:
    thread = threading.Thread(target=burn)
    thread.start()
    thread.join()
`,
        short,
      ),
      expect: by("cpu"),
    },
    {
      name: "under a new name for each child, of the kind that confuses readers of /proc",
      run: limited(
        py`
def burn():
    libc.prctl(15, b") Z 1 1 1 (", 0, 0, 0)
    while True: pass
spawn(burn)
libc.prctl(15, b"x\nVmRSS: 0", 0, 0, 0)
time.sleep(60)
`,
        short,
      ),
      expect: by("cpu"),
    },
    {
      name: "in the kernel, on behalf of the program",
      run: limited(
        py`
while True: os.urandom(1 << 20)
`,
        short,
      ),
      expect: by("cpu"),
    },
    {
      name: "after raising its own limits",
      run: limited(
        py`
import resource
for name in dir(resource):
    if name.startswith("RLIMIT_"):
        try: resource.setrlimit(getattr(resource, name), (resource.RLIM_INFINITY, resource.RLIM_INFINITY))
        except (ValueError, OSError): pass
while True: pass
`,
        short,
      ),
      expect: by("cpu"),
    },
    ...cpuInC,
  ],
  twins: [
    {
      run: limited(
        py`
until = time.process_time() + 0.2
while time.process_time() < until: pass
print("done")
`,
        { cpuMs: 2000 },
      ),
      prints: "done\n",
    },
  ],
};

export const sleeping: AttackEntry = {
  id: "A15",
  title: "Sleep for ever",
  variants: [
    { name: "sleep", run: limited(py`time.sleep(10 ** 6)`, brief), expect: by("wall") },
    { name: "in the shell", run: limited(sh`exec sleep 1000000`, brief), expect: by("wall") },
    {
      name: "on a lock that nobody frees",
      run: limited(
        py`
import threading
lock = threading.Lock()
lock.acquire()
lock.acquire()
`,
        brief,
      ),
      expect: by("wall"),
    },
    {
      name: "on a pipe with a name that nobody opens",
      run: limited(
        py`
os.mkfifo("/tmp/pipe")
open("/tmp/pipe")
`,
        brief,
      ),
      expect: by("wall"),
    },
    {
      name: "on a child that waits for its parent",
      run: limited(
        py`
reader, writer = os.pipe()
if os.fork() == 0: os.read(reader, 1)
os.wait()
`,
        brief,
      ),
      expect: by("wall"),
    },
    {
      name: "with output already written",
      run: limited(
        py`
print("early", flush=True)
time.sleep(60)
`,
        brief,
      ),
      expect: and(by("wall"), "the output is kept", ({ stdout }) => Buffer.from(stdout.head).toString() === "early\n"),
    },
  ],
  twins: [
    {
      run: py`
time.sleep(0.2)
print("awake")
`,
      prints: "awake\n",
    },
  ],
};

export const deaf: AttackEntry = {
  id: "A16",
  title: "Loop that ignores every signal",
  variants: [
    {
      name: "ignored, in the interpreter",
      run: limited(
        py`
import signal
for number in range(1, 65):
    try: signal.signal(number, signal.SIG_IGN)
    except (OSError, ValueError): pass
while True: time.sleep(1)
`,
        brief,
      ),
      expect: by("wall"),
    },
    {
      name: "blocked, burning",
      run: limited(
        py`
import signal
signal.pthread_sigmask(signal.SIG_BLOCK, range(1, 32))
while True: pass
`,
        short,
      ),
      expect: by("cpu"),
    },
    {
      name: "in twenty processes with sessions of their own",
      run: limited(
        py`
import signal
for number in range(1, 32):
    try: signal.signal(number, signal.SIG_IGN)
    except (OSError, ValueError): pass
for _ in range(20):
    if os.fork() == 0:
        os.setsid()
        while True: time.sleep(1)
while True: time.sleep(1)
`,
        brief,
      ),
      expect: by("wall"),
    },
    {
      name: "in the shell",
      run: limited(sh`trap '' HUP INT TERM XCPU QUIT USR1 USR2 ALRM; while :; do sleep 1; done`, brief),
      expect: by("wall"),
    },
    {
      name: "storming itself with signals",
      run: limited(
        py`
import signal
signal.signal(signal.SIGUSR1, lambda *_: None)
parent = os.getpid()
for _ in range(4):
    if os.fork() == 0:
        while True: os.kill(parent, signal.SIGUSR1)
while True: signal.pause()
`,
        short,
      ),
      expect: by("cpu"),
    },
  ],
  twins: [
    {
      run: py`
import signal
signal.signal(signal.SIGTERM, lambda *_: print("asked to end"))
os.kill(os.getpid(), signal.SIGTERM)
print("cleaned up")
`,
      prints: "asked to end\ncleaned up\n",
    },
  ],
};

export const manyThreads: AttackEntry = {
  id: "A17",
  title: "Many CPU threads",
  variants: [
    {
      name: "twenty processes that burn",
      run: limited(
        py`
for _ in range(20):
    if os.fork() == 0: break
while True: pass
`,
        short,
      ),
      expect: by("cpu"),
    },
    {
      name: "twenty threads that burn below the interpreter's lock",
      run: limited(
        py`
import hashlib, threading
threading.stack_size(1 << 18)
data = bytes(1 << 20)
def burn():
    while True: hashlib.sha256(data).digest()
for _ in range(15): threading.Thread(target=burn, daemon=True).start()
burn()
`,
        short,
      ),
      expect: by("cpu"),
    },
    {
      name: "burning and forking at once",
      run: limited(
        py`
for _ in range(4):
    if os.fork() == 0: break
while True:
    try:
        if os.fork() == 0: os._exit(sum(range(10000)) & 0)
        os.wait()
    except OSError: pass
`,
        short,
      ),
      expect: by("cpu"),
    },
  ],
  twins: [
    {
      run: py`
import multiprocessing
if __name__ == "__main__":
    with multiprocessing.Pool(4) as pool: print(sum(pool.map(abs, range(-1000, 0))))
`,
      prints: "500500\n",
    },
  ],
};

export const uninterruptible: AttackEntry = {
  id: "A18",
  title: "Uninterruptible wait",
  variants: [
    {
      name: "a vfork parent whose child never lets go",
      run: limited(
        py`
# vfork, then the child stops itself while the parent waits in the kernel.
machine(bytes.fromhex("b83a0000000f05") + bytes.fromhex("85c07509b8220000000f05ebf7") + bytes.fromhex("c3"))()
`,
        brief,
      ),
      expect: by("wall"),
    },
    {
      name: "a stopped child under a parent that waits for it",
      run: limited(
        py`
import signal
pid = spawn(lambda: os.kill(os.getpid(), signal.SIGSTOP))
os.waitpid(pid, 0)
`,
        brief,
      ),
      expect: by("wall"),
    },
    {
      name: "a chain of pipes with names, each waiting for the next",
      run: limited(
        py`
for number in range(10): os.mkfifo(f"/tmp/{number}")
for number in range(9): spawn(lambda: open(f"/tmp/{number}").read() or open(f"/tmp/{number + 1}", "w"))
open("/tmp/9").read()
`,
        brief,
      ),
      expect: by("wall"),
    },
    {
      name: "stopped children left behind",
      run: py`
import signal
pids = [spawn(lambda: os.kill(os.getpid(), signal.SIGSTOP)) for _ in range(10)]
for pid in pids: os.waitpid(pid, os.WUNTRACED)
print("left", len(pids))
`,
      expect: prints("left 10\n"),
    },
  ],
  twins: [
    {
      run: py`
import subprocess
print(subprocess.run(["/bin/echo", "x"], capture_output=True).stdout)
`,
      prints: "b'x\\n'\n",
    },
  ],
};

export const oneLongCall: AttackEntry = {
  id: "A21",
  title: "Blow-ups inside one call that holds the interpreter's lock",
  variants: [
    {
      name: "a huge power",
      run: limited(py`print(3 ** (10 ** 9) % 7)`, short),
      expect: typed("time_limit", "memory_limit"),
    },
    {
      name: "a regular expression",
      run: limited(
        py`
import re
re.match(r"(a+)+$", "a" * 40 + "b")
`,
        short,
      ),
      expect: by("cpu"),
    },
    { name: "a sum over a range without an end", run: limited(py`sum(range(10 ** 12))`, short), expect: by("cpu") },
    {
      name: "a sort that compares for ever",
      run: limited(
        py`
class Slow:
    def __lt__(self, other): return sum(range(10 ** 7)) < 0
sorted([Slow() for _ in range(1000)])
`,
        short,
      ),
      expect: by("cpu"),
    },
    {
      name: "a decompression bomb",
      run: limited(
        py`
import zlib
small = zlib.compress(bytes(30 << 20), 9)
hoard = []
while True: hoard.append(zlib.decompress(small))
`,
        { cpuMs: 4000 },
      ),
      expect: typed("memory_limit"),
    },
    { name: "a text that is repeated", run: py`"x" * (10 ** 11)`, expect: typed("memory_limit") },
    {
      name: "a sleep in C with every signal blocked",
      run: limited(
        py`
import signal
signal.pthread_sigmask(signal.SIG_BLOCK, range(1, 32))
libc.sleep(1000)
`,
        brief,
      ),
      expect: by("wall"),
    },
  ],
  twins: [
    {
      run: py`
import re
print(pow(3, 10 ** 6, 7), len(re.findall(r"\d+", "1 22 333")), sum(range(10 ** 6)))
`,
      prints: "4 3 499999500000\n",
    },
  ],
};
