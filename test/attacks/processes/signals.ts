import type { AttackEntry } from "../entry.ts";
import { anyEnd, oneOf, prints, refused, typed } from "../expect.ts";
import { limited, py, sh } from "../kit.ts";

const victim = {
  run: py`
until = time.monotonic() + 0.4
while time.monotonic() < until: time.sleep(0.01)
print("unharmed")
`,
  expect: prints("unharmed\n"),
};

/** Where slots have no user of their own, a program can end the zygote that it was forked from, and so itself. */
const endsItselfAtMost = oneOf(prints("answered\n"), typed("runtime_error"));

export const kills: AttackEntry = {
  id: "B28",
  title: "Kill PID 1, kill −1, kill the parent, kill siblings",
  variants: [
    {
      name: "everybody at once",
      run: py`
try: os.kill(-1, 9)
except OSError as error: print(error.errno)
print("survived")
`,
      expect: anyEnd(),
      beside: victim,
    },
    { name: "everybody at once, in the shell", run: sh`kill -9 -1; echo survived`, expect: anyEnd(), beside: victim },
    {
      name: "PID 1 and the parent, by every signal",
      run: py`
for number in range(1, 65):
    for pid in {1, os.getppid()} - {0}:
        try: os.kill(pid, number)
        except OSError: pass
time.sleep(0.2)
print("answered")
`,
      expect: endsItselfAtMost,
      beside: victim,
    },
    {
      name: "every number that a process can have",
      run: limited(
        py`
for pid in range(1, 40000):
    if pid != os.getpid():
        try: os.kill(pid, 9)
        except OSError: pass
print("answered")
`,
        { cpuMs: 20_000, wallMs: 60_000 },
      ),
      expect: endsItselfAtMost,
      beside: victim,
    },
    {
      name: "groups and sessions",
      run: py`
for group in range(2, 5000):
    if group != os.getpgrp():
        try: os.killpg(group, 9)
        except OSError: pass
os.killpg(0, 9)
`,
      expect: typed("runtime_error"),
      beside: victim,
    },
    {
      name: "itself, so that it looks like the kernel's doing",
      run: py`os.kill(os.getpid(), 9)`,
      expect: typed("runtime_error"),
      beside: victim,
    },
  ],
  twins: [
    {
      run: py`
import signal
pid = spawn(lambda: time.sleep(60))
os.kill(pid, signal.SIGTERM)
print(os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]))
`,
      prints: "-15\n",
    },
  ],
};

export const runnerSignals: AttackEntry = {
  id: "B29",
  title: "Signals to the runner or agent: SIGSTOP, SIGKILL, SIGUSR1",
  variants: [
    {
      name: "through a descriptor of the process",
      run: py`
def reach(pid, number):
    return syscall(424, syscall(434, pid, 0), number, 0, 0)
for number in (9, 19, 10, 15, 6): 
    try: reach(1, number)
    except OSError: pass
for pid in range(3, 300):
    if pid not in (os.getpid(),): attempt(f"process {pid}", lambda: reach(pid, 9))
time.sleep(0.2)
end()
`,
      expect: refused(),
      beside: victim,
    },
    {
      name: "as if the kernel had sent them",
      run: py`
import struct
for number in (9, 19, 15):
    for code in (0, 128, -1, -6):
        block = ctypes.create_string_buffer(struct.pack("iiiiii", number, 0, code, 0, 0, 0) + bytes(104))
        for act in (lambda: syscall(129, 1, number, block), lambda: syscall(297, 1, 1, number, block)):
            try: act()
            except OSError: pass
time.sleep(0.2)
print("answered")
`,
      expect: prints("answered\n"),
      beside: victim,
    },
    {
      name: "as the owner of a descriptor that becomes ready",
      run: py`
import fcntl, socket
for number in (9, 19, 15, 29):
    for owner in (1, -1, os.getppid()):
        left, right = socket.socketpair()
        try:
            fcntl.fcntl(left, fcntl.F_SETOWN, owner)
            fcntl.fcntl(left, 10, number)
            fcntl.fcntl(left, fcntl.F_SETFL, os.O_ASYNC)
            right.send(b"x")
        except OSError: pass
        left.close(); right.close()
time.sleep(0.2)
print("answered")
`,
      expect: oneOf(prints("answered\n"), typed("runtime_error")),
      beside: victim,
    },
    {
      name: "by a timer, a lease and a death",
      run: py`
import fcntl, signal, struct
for who in (1, os.getppid()):
    event = ctypes.create_string_buffer(struct.pack("QiiiI", 0, 9, 4, who, 0) + bytes(40))
    try: syscall(222, 1, event, ctypes.byref(ctypes.c_int()))
    except OSError: pass
file = os.open("/tmp/leased", os.O_RDWR | os.O_CREAT)
try:
    fcntl.fcntl(file, fcntl.F_SETOWN, 1)
    fcntl.fcntl(file, 10, 9)
    fcntl.fcntl(file, fcntl.F_SETLEASE, fcntl.F_WRLCK)
    spawn(lambda: os.open("/tmp/leased", os.O_RDONLY | os.O_NONBLOCK))
except OSError: pass
libc.prctl(1, 9, 0, 0, 0)
time.sleep(0.2)
print("answered")
`,
      expect: prints("answered\n"),
      beside: victim,
    },
    {
      name: "a storm of them on PID 1",
      run: limited(
        py`
def storm():
    while True:
        for number in (10, 12, 17, 28, 34, 64):
            try: os.kill(1, number)
            except OSError: pass
for _ in range(6): spawn(storm)
time.sleep(60)
`,
        { wallMs: 1000, cpuMs: 8000 },
      ),
      expect: typed("time_limit"),
      beside: victim,
    },
  ],
  twins: [
    {
      run: py`
import signal
got = []
signal.signal(signal.SIGALRM, lambda *_: got.append("alarm"))
signal.setitimer(signal.ITIMER_REAL, 0.05)
signal.pause()
print(got)
`,
      prints: "['alarm']\n",
    },
  ],
};
