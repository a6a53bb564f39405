import type { AttackEntry } from "../entry.ts";
import { and, anyEnd, prints, typed } from "../expect.ts";
import { cold, limited, py, sh } from "../kit.ts";
import { forkBombInC, threadsInC } from "./compiled.ts";

const few = { processes: 12, cpuMs: 500 };
const bombed = typed("process_limit", "time_limit");

export const forkBomb: AttackEntry = {
  id: "A01",
  title: "Fork bomb",
  variants: [
    {
      name: "every process forks for ever",
      run: limited(
        py`
while True:
    try: os.fork()
    except OSError: pass
`,
        few,
      ),
      expect: bombed,
    },
    {
      name: "in the shell",
      run: limited(sh`bomb() { bomb | bomb & }; bomb; sleep 30`, { ...few, wallMs: 1500 }),
      expect: bombed,
    },
    {
      name: "each in a session of its own, with every signal ignored",
      run: limited(
        py`
import signal
for number in range(1, 32):
    try: signal.signal(number, signal.SIG_IGN)
    except OSError: pass
while True:
    try:
        if os.fork() == 0: os.setsid()
    except OSError: pass
`,
        few,
      ),
      expect: bombed,
    },
    {
      name: "comet: each forks its successor and ends at once, so that nobody is seen twice",
      run: limited(
        py`
if os.fork() == 0:
    while True:
        try:
            if os.fork(): os._exit(0)
        except OSError: pass
time.sleep(30)
`,
        { ...few, wallMs: 3000 },
      ),
      expect: bombed,
    },
    {
      name: "the bomb stays behind when its first process has ended",
      run: limited(
        py`
if os.fork() == 0:
    while True:
        try: os.fork()
        except OSError: pass
time.sleep(0.05)
`,
        few,
      ),
      expect: anyEnd(),
    },
    {
      name: "the bomb goes off in the very moment of the exit",
      run: limited(
        py`
import atexit
@atexit.register
def burst():
    for _ in range(11):
        try: os.fork()
        except OSError: break
`,
        few,
      ),
      expect: anyEnd(),
    },
    {
      name: "exec in every child, from the shell",
      run: limited(sh`while :; do /bin/sh -c 'sleep 30' & done`, few),
      expect: bombed,
    },
    ...forkBombInC,
  ],
  twins: [
    {
      run: py`
import subprocess
pids = [spawn(lambda: time.sleep(0.02)) for _ in range(8)]
print(sum(os.waitpid(pid, 0)[1] for pid in pids), subprocess.run(["/bin/sh", "-c", "echo $((6*7))"], capture_output=True).stdout)
`,
      prints: "0 b'42\\n'\n",
    },
    { run: sh`for i in 1 2 3 4 5 6 7 8; do (echo $i) & done; wait; echo done`, prints: /^(\d\n){8}done\n$/ },
  ],
};

export const threadBomb: AttackEntry = {
  id: "A02",
  title: "Thread bomb",
  variants: [
    {
      name: "threads that sleep",
      run: limited(
        py`
import threading
while True: threading.Thread(target=time.sleep, args=(60,), daemon=True).start()
`,
        few,
      ),
      expect: bombed,
    },
    {
      name: "with stacks of 32 KiB, going on after each refusal",
      run: limited(
        py`
import _thread
_thread.stack_size(32768)
while True:
    try: _thread.start_new_thread(time.sleep, (60,))
    except RuntimeError: pass
`,
        few,
      ),
      expect: bombed,
    },
    {
      name: "by the C library, below the interpreter's sight",
      run: limited(
        py`
made, thread = 0, ctypes.c_ulong()
while libc.pthread_create(ctypes.byref(thread), None, libc.pause, None) == 0: made += 1
print(made)
time.sleep(0.2)
sys.exit(1)
`,
        few,
      ),
      expect: and(
        typed("process_limit", "runtime_error"),
        "fewer than 24 threads",
        (result) => Number(Buffer.from(result.stdout.head).toString()) < 24,
      ),
    },
    {
      name: "in many processes, each with many",
      run: limited(
        py`
import threading
for _ in range(3): 
    try: os.fork()
    except OSError: pass
while True:
    try: threading.Thread(target=time.sleep, args=(60,), daemon=True).start()
    except RuntimeError: pass
`,
        few,
      ),
      expect: bombed,
    },
    ...threadsInC,
  ],
  twins: [
    {
      run: py`
from concurrent.futures import ThreadPoolExecutor
with ThreadPoolExecutor(8) as pool: print(sum(pool.map(lambda n: n * n, range(100))))
`,
      prints: "328350\n",
    },
    {
      run: cold`
import threading
gate = threading.Barrier(8)
threads = [threading.Thread(target=gate.wait) for _ in range(8)]
for thread in threads: thread.start()
for thread in threads: thread.join()
print("met")
`,
      prints: "met\n",
    },
  ],
};

export const zombies: AttackEntry = {
  id: "B27",
  title: "Zombies by the thousand",
  variants: [
    {
      name: "children that nobody waits for",
      run: limited(
        py`
while True:
    spawn(lambda: None)
`,
        few,
      ),
      expect: bombed,
    },
    {
      name: "orphans that end while their first ancestor lives",
      run: limited(
        py`
for _ in range(300):
    if os.fork() == 0:
        if os.fork() == 0: os._exit(0)
        os._exit(0)
    os.wait()
print("done")
`,
        { ...few, cpuMs: 60_000, wallMs: 120_000 },
      ),
      expect: prints("done\n"),
    },
    {
      name: "orphans, one at a time and more than may live at once: those that have ended take nobody's place",
      run: limited(
        py`
refused = 0
for _ in range(30):
    if os.fork() == 0:
        try: os.fork()
        except OSError: os._exit(1)
        os._exit(0)
    refused += os.wait()[1] != 0
    time.sleep(0.06)
print("refused", refused)
`,
        { ...few, cpuMs: 60_000 },
      ),
      expect: prints("refused 0\n"),
    },
  ],
  twins: [
    {
      run: limited(sh`i=0; while [ $i -lt 60 ]; do (true &); i=$((i+1)); done; echo $i`, {
        processes: 12,
        cpuMs: 20_000,
        wallMs: 60_000,
      }),
      prints: "60\n",
    },
  ],
};
