import type { AttackEntry } from "../entry.ts";
import { limited, py, sh } from "../kit.ts";
import { cpuInC } from "./compiled.ts";
import { endedBy, SHORT } from "./time-limits.ts";

export const busyLoop: AttackEntry = {
  id: "A14",
  title: "Busy loop",
  variants: [
    { name: "in the interpreter", run: limited(py`while True: pass`, SHORT), expect: endedBy("cpu") },
    { name: "in the shell", run: limited(sh`while :; do :; done`, SHORT), expect: endedBy("cpu") },
    {
      name: "in a child, while the first process sleeps",
      run: limited(
        py`
if os.fork() == 0:
    while True: pass
time.sleep(60)
`,
        SHORT,
      ),
      expect: endedBy("cpu"),
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
        SHORT,
      ),
      expect: endedBy("cpu"),
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
    try: spawn(burn)
    except BlockingIOError: pass  # on a slow machine they are more than allowed
    time.sleep(0.011)
`,
        SHORT,
      ),
      expect: endedBy("cpu"),
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
        SHORT,
      ),
      expect: endedBy("cpu"),
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
        SHORT,
      ),
      expect: endedBy("cpu"),
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
        SHORT,
      ),
      expect: endedBy("cpu"),
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
        SHORT,
      ),
      expect: endedBy("cpu"),
    },
    {
      name: "in the kernel, on behalf of the program",
      run: limited(
        py`
while True: os.urandom(1 << 20)
`,
        SHORT,
      ),
      expect: endedBy("cpu"),
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
        SHORT,
      ),
      expect: endedBy("cpu"),
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
        SHORT,
      ),
      expect: endedBy("cpu"),
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
        SHORT,
      ),
      expect: endedBy("cpu"),
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
        SHORT,
      ),
      expect: endedBy("cpu"),
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
