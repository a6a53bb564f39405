import type { AttackEntry } from "../entry.ts";
import { and, anyEnd, prints, typed } from "../expect.ts";
import { limited, py, sh, withMore } from "../kit.ts";

/** What a later run sees of the processes of an earlier one. */
const nobodyElse = {
  run: py`
names = []
for pid in filter(str.isdigit, os.listdir("/proc")):
    try: names.append(open(f"/proc/{pid}/comm").read().strip())
    except OSError: pass
print("left" in names)
`,
  expect: prints("False\n"),
};

export const daemons: AttackEntry = {
  id: "B25",
  title: "Double fork and setsid: a daemon that outlives the run",
  variants: [
    {
      name: "by the book",
      run: py`
def daemon():
    os.setsid()
    if os.fork(): os._exit(0)
    libc.prctl(15, b"left", 0, 0, 0)
    for number in range(64):
        try: os.close(number)
        except OSError: pass
    while True:
        time.sleep(0.01)
        try: open("/tmp/alive", "a").write("x")
        except OSError: pass
os.waitpid(spawn(daemon), 0)
print("started")
`,
      expect: prints("started\n"),
      next: nobodyElse,
    },
    {
      name: "in the shell",
      run: sh`setsid nohup sh -c 'while :; do sleep 1; done' >/dev/null 2>&1 & echo started`,
      expect: prints("started\n"),
      next: nobodyElse,
    },
    {
      name: "twenty generations, each waiting for its parent's end",
      run: py`
import signal
def generation(n):
    libc.prctl(15, b"left", 0, 0, 0)
    signal.signal(signal.SIGHUP, signal.SIG_IGN)
    os.setsid()
    if n and os.fork() == 0: generation(n - 1)
    time.sleep(60)
spawn(lambda: generation(18))
time.sleep(0.1)
print("started")
`,
      expect: prints("started\n"),
      next: nobodyElse,
    },
    {
      name: "that asks to be told of its parent's death, and then forks",
      run: py`
import signal
def last():
    libc.prctl(1, signal.SIGUSR1, 0, 0, 0)
    signal.signal(signal.SIGUSR1, lambda *_: os.fork())
    libc.prctl(15, b"left", 0, 0, 0)
    while True: signal.pause()
spawn(last)
time.sleep(0.1)
print("started")
`,
      expect: prints("started\n"),
      next: nobodyElse,
    },
    {
      name: "by a thread, while the first process ends",
      run: py`
import threading
def spread():
    while True:
        try: os.posix_spawn("/bin/sleep", ["left", "60"], {})
        except OSError: pass
threading.Thread(target=spread, daemon=True).start()
time.sleep(0.1)
os._exit(0)
`,
      expect: anyEnd(),
      next: nobodyElse,
    },
  ],
  twins: [
    {
      run: py`
pid = spawn(lambda: time.sleep(0.05))
print(os.waitpid(pid, 0)[1])
`,
      prints: "0\n",
    },
  ],
};

const promptly = and(
  prints("done\n"),
  "at its exit, not at the time limit",
  ({ times, limit }) => limit === null && times.wallMs < 3000,
);

export const heldOutput: AttackEntry = {
  id: "B26",
  title: "Background child that holds stdout open after the main process exits",
  variants: [
    { name: "in the shell", run: sh`sleep 60 & echo done`, expect: promptly },
    {
      name: "in the interpreter",
      run: py`
spawn(lambda: time.sleep(60))
print("done")
`,
      expect: promptly,
    },
    {
      name: "and goes on writing to it",
      run: py`
def babble():
    time.sleep(0.2)
    while True: os.write(2, b"more\n")
spawn(babble)
print("done")
`,
      expect: promptly,
    },
    {
      name: "and keeps it among descriptors in flight",
      run: py`
import socket
left, right = socket.socketpair()
try: socket.send_fds(left, [b"x"], [1, 2, right.fileno()])
except PermissionError: pass  # under gVisor, which would keep them for good
spawn(lambda: time.sleep(60))
print("done")
`,
      expect: promptly,
    },
    {
      name: "stopped",
      run: py`
import signal
pid = spawn(lambda: os.kill(os.getpid(), signal.SIGSTOP))
os.waitpid(pid, os.WUNTRACED)
print("done")
`,
      expect: promptly,
    },
    {
      name: "from within a thread that never ends",
      run: py`
import threading
threading.Thread(target=time.sleep, args=(60,), daemon=True).start()
print("done")
`,
      expect: promptly,
    },
  ],
  twins: [{ run: sh`(sleep 0.1; echo late) & echo early; wait`, prints: "early\nlate\n" }],
};

export const lastWords: AttackEntry = {
  id: "B34",
  title: "The process exits while output is still in the pipe",
  variants: [
    {
      name: "a full pipe and no flush",
      run: withMore(
        py`
import fcntl
os.set_blocking(1, False)
written = 0
try:
    while written < 1 << 16: written += os.write(1, b"x" * 4096)
except BlockingIOError: pass
os._exit(0)
`,
        { keepBytes: 1 << 20 },
      ),
      expect: prints(/^x+$/),
    },
    {
      name: "a child wrote it and is gone, too",
      run: withMore(
        py`
pid = spawn(lambda: os.write(1, b"x" * 60000))
os.waitpid(pid, 0)
os._exit(0)
`,
        { keepBytes: 1 << 20 },
      ),
      expect: prints(/^x{60000}$/),
    },
    {
      name: "and it is killed",
      run: withMore(
        py`
os.write(1, b"x" * 60000)
os.kill(os.getpid(), 9)
`,
        { keepBytes: 1 << 20 },
      ),
      expect: and(
        typed("runtime_error"),
        "nothing is lost",
        ({ stdout }) => stdout.head.length + stdout.tail.length === 60000,
      ),
    },
    {
      name: "at its time limit",
      run: limited(
        withMore(
          py`
os.write(1, b"x" * 60000)
time.sleep(60)
`,
          { keepBytes: 1 << 20 },
        ),
        { wallMs: 300 },
      ),
      expect: and(
        typed("time_limit"),
        "nothing is lost",
        ({ stdout }) => stdout.head.length + stdout.tail.length === 60000,
      ),
    },
  ],
  twins: [
    {
      run: py`
print("a" * 1000, end="")
os.write(1, b"")
`,
      prints: /^a{1000}$/,
    },
  ],
};

export const stopped: AttackEntry = {
  id: "B38",
  title: "A process that stops itself",
  variants: [
    { name: "SIGSTOP", run: limited(py`os.kill(os.getpid(), 19)`, { wallMs: 500 }), expect: typed("time_limit") },
    {
      name: "SIGTSTP, in the shell",
      run: limited(sh`kill -TSTP $$; kill -STOP $$; sleep 60`, { wallMs: 500 }),
      expect: typed("time_limit"),
    },
    {
      name: "all of its processes, one after the other",
      run: limited(
        py`
for _ in range(10):
    if os.fork() == 0: break
os.kill(os.getpid(), 19)
`,
        { wallMs: 500 },
      ),
      expect: typed("time_limit"),
    },
    {
      name: "its whole group, again and again woken by a child",
      run: limited(
        py`
import signal
if os.fork() == 0:
    os.setsid()
    while True:
        os.kill(os.getppid(), signal.SIGSTOP)
        os.kill(os.getppid(), signal.SIGCONT)
        time.sleep(0.01)
while True: time.sleep(0.001)
`,
        { wallMs: 800 },
      ),
      expect: typed("time_limit"),
    },
    {
      name: "before its child ends, so that nobody waits for it",
      run: limited(
        py`
spawn(lambda: time.sleep(0.1))
os.kill(os.getpid(), 19)
`,
        { wallMs: 500 },
      ),
      expect: typed("time_limit"),
    },
  ],
  twins: [
    {
      run: py`
import signal
pid = spawn(lambda: (os.kill(os.getpid(), signal.SIGSTOP), os.write(1, b"woken\n")))
os.waitpid(pid, os.WUNTRACED)
os.kill(pid, signal.SIGCONT)
os.waitpid(pid, 0)
`,
      prints: "woken\n",
    },
  ],
};
