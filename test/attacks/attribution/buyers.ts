import { answerMs } from "../../../src/compat/sandbox-fusion/limits.ts";
import type { AttackRun } from "../entry.ts";
import { limited, py, sh, withMore } from "../kit.ts";

/** A candidate that would rather have its run thrown away than lose it: a mask in place of a failure. */
export interface Buyer {
  readonly name: string;
  readonly run: AttackRun;
  /** When the caller stops waiting, in milliseconds from the request; default: never. */
  readonly deadlineMs?: number;
}

const hurried = { wallMs: 700, cpuMs: 700 };

function buyer(name: string, run: AttackRun): Buyer {
  return { name, run: { ...run, limits: { ...hurried, ...run.limits } } };
}

/** Memory, in the hope that the sandbox as a whole runs out of it. */
const EXHAUST: readonly Buyer[] = [
  buyer(
    "fills every scratch place",
    py`
for place in ("/tmp", "/workspace", "/dev/shm"):
    for number in range(64): open(f"{place}/{number}", "wb").write(bytes(1 << 20))
`,
  ),
  buyer(
    "touches much memory in many processes at the same moment",
    py`
reader, writer = os.pipe()
def burst():
    os.close(writer)
    os.read(reader, 1)
    hoard = bytearray(60 << 20)
    time.sleep(5)
for _ in range(20): spawn(burst)
os.close(writer)
time.sleep(5)
`,
  ),
  buyer(
    "the same, at its exit",
    py`
import atexit
@atexit.register
def burst():
    for _ in range(20): spawn(lambda: (bytearray(60 << 20), time.sleep(5)))
    hoard = bytearray(60 << 20)
    time.sleep(0.1)
    os.kill(os.getpid(), 9)
`,
  ),
  buyer(
    "again and again, with fresh children",
    py`
while True:
    for _ in range(16):
        try: spawn(lambda: bytearray(60 << 20))
        except OSError: pass
    try:
        while os.waitpid(-1, os.WNOHANG)[0]: pass
    except OSError: pass
`,
  ),
  buyer(
    "hoards buffers of sockets and pipes in many processes",
    py`
import socket
def stuff():
    hoard = []
    try:
        while True:
            pair = socket.socketpair()
            hoard += pair
            for end in pair:
                end.setblocking(False)
                try:
                    while True: end.send(bytes(32768))
                except BlockingIOError: pass
    except OSError: time.sleep(5)
for _ in range(20): spawn(stuff)
time.sleep(5)
`,
  ),
  buyer(
    "hoards page tables",
    py`
libc.mmap.restype = ctypes.c_void_p
def stuff():
    at = libc.mmap(None, ctypes.c_size_t(64 << 30), 1, 0x4022, -1, ctypes.c_long(0))
    for offset in range(0, 64 << 30, 2 << 20): ctypes.c_char.from_address(at + offset).value
    time.sleep(5)
for _ in range(12): spawn(stuff)
time.sleep(5)
`,
  ),
  buyer("thrashes the cache of files", sh`while :; do cat /usr/bin/* /usr/lib/*/*.so* > /dev/null 2>&1; done`),
];

/** Processes, in the hope that nobody is left to report. */
const KILL: readonly Buyer[] = [
  buyer(
    "kills every process that it may signal",
    py`
os.kill(-1, 9)
print("survived")
`,
  ),
  buyer(
    "kills every number that a process can have",
    py`
for pid in range(1, 5000):
    if pid != os.getpid():
        try: os.kill(pid, 9)
        except OSError: pass
time.sleep(0.3)
`,
  ),
  buyer(
    "stops every process that it may signal",
    py`
for pid in range(1, 5000):
    if pid != os.getpid():
        try: os.kill(pid, 19)
        except OSError: pass
time.sleep(5)
`,
  ),
  buyer(
    "stops them at its exit",
    py`
for pid in range(1, 5000):
    if pid != os.getpid():
        try: os.kill(pid, 19)
        except OSError: pass
os._exit(0)
`,
  ),
  buyer("kills itself, as the kernel would", py`os.kill(os.getpid(), 9)`),
  buyer("stops itself", py`os.kill(os.getpid(), 19)`),
  buyer(
    "kills its parent and then itself",
    py`
try: os.kill(os.getppid(), 9)
except OSError: pass
os.kill(os.getpid(), 9)
`,
  ),
  buyer(
    "sends every signal to everybody, all the time",
    py`
def storm():
    while True:
        for number in (1, 2, 3, 10, 12, 14, 15, 17, 18, 28, 34, 64):
            for pid in range(1, 30):
                try: os.kill(pid, number)
                except OSError: pass
import signal
for number in range(1, 32):
    try: signal.signal(number, signal.SIG_IGN)
    except OSError: pass
for _ in range(8): spawn(storm)
time.sleep(5)
`,
  ),
  buyer("crashes", py`ctypes.string_at(0)`),
];

/** Time, in the hope that somebody loses patience. */
const STALL: readonly Buyer[] = [
  buyer(
    "sleeps beyond its limit, deaf to all signals",
    py`
import signal
for number in range(1, 65):
    try: signal.signal(number, signal.SIG_IGN)
    except (OSError, ValueError): pass
while True: time.sleep(1)
`,
  ),
  buyer(
    "starves its own processes of processors, so that a time-out is in doubt",
    py`
for _ in range(20):
    if os.fork() == 0: break
while True: pass
`,
  ),
  buyer(
    "leaves a vfork that never returns",
    py`
machine(bytes.fromhex("b83a0000000f0585c07509b8220000000f05ebf7c3"))()
`,
  ),
  buyer(
    "has so many mappings that reading about it takes long",
    py`
libc.mmap.restype = ctypes.c_void_p
def stuff():
    at = libc.mmap(None, ctypes.c_size_t(1 << 30), 0, 0x4022, -1, ctypes.c_long(0))
    number = 0
    while libc.mprotect(ctypes.c_void_p(at + number * 8192), 4096, 1) == 0: number += 1
    time.sleep(5)
for _ in range(20): spawn(stuff)
time.sleep(5)
`,
  ),
  buyer(
    "has so many shared mappings that counting them takes long",
    py`
import mmap
hoard = []
def stuff():
    try:
        while True: hoard.append(mmap.mmap(-1, 4096))
    except OSError: pass
    time.sleep(5)
for _ in range(16): spawn(stuff)
time.sleep(5)
`,
  ),
  buyer(
    "has as many threads as it may",
    py`
import threading
threading.stack_size(65536)
def burn():
    while True: pass
for _ in range(20):
    try: threading.Thread(target=burn, daemon=True).start()
    except RuntimeError: pass
burn()
`,
  ),
  buyer("ends in the moment of its limit", limited(py`time.sleep(0.4995)`, { wallMs: 500 })),
  buyer(
    "holds as many locks as it can",
    py`
import fcntl, struct
def hold(name):
    for number in range(50):
        file = os.open(f"/tmp/{name}-{number}", os.O_RDWR | os.O_CREAT)
        for at in range(2000, 0, -1): fcntl.fcntl(file, fcntl.F_SETLK, struct.pack("hhqqi", fcntl.F_WRLCK, 0, at * 2, 1, 0))
for name in range(8): spawn(lambda: hold(name))
time.sleep(5)
`,
  ),
];

/** Output and files, in the hope that whoever reads them chokes. */
const CHOKE: readonly Buyer[] = [
  buyer(
    "floods both streams from twenty processes",
    py`
for _ in range(20):
    if os.fork() == 0: break
while True:
    os.write(1, bytes(65536))
    os.write(2, bytes(65536))
`,
  ),
  buyer(
    "writes frames of the protocol to every descriptor",
    py`
import struct
forged = b"".join(struct.pack(">IBI", 2, kind, channel) + b"{}" for kind in (3, 4, 5, 16, 17, 21, 22) for channel in range(40))
for number in range(64):
    for _ in range(3):
        try: os.write(number, forged)
        except OSError: pass
for name in os.listdir("/proc/self/fd"):
    try: open(f"/proc/1/fd/{name}", "wb").write(forged)
    except OSError: pass
sys.exit(3)
`,
  ),
  buyer(
    "closes everything",
    py`
os.closerange(0, 4096)
os._exit(3)
`,
  ),
  buyer(
    "leaves many large and odd things where files are fetched",
    withMore(
      py`
for number in range(30): open(f"{number}", "wb").write(bytes(200_000))
for number in range(30, 60): os.mkfifo(f"{number}")
sys.exit(3)
`,
      { outputs: Array.from({ length: 60 }, (_, n) => ({ path: String(n), limit: 1 << 20 })) },
    ),
  ),
  buyer(
    "leaves a folder that is hard to archive",
    withMore(
      py`
for number in range(8000): open(f"{number}" + "x" * 200, "w").close()
os.makedirs("d/" * 300)
os.chmod("d", 0)
sys.exit(3)
`,
      { outputs: [{ path: ".", limit: 8 << 20, archive: true }] },
    ),
  ),
  buyer(
    "uses up inodes, descriptors and processes at once",
    py`
def hoard():
    held = []
    try:
        while True: held += os.pipe()
    except OSError: pass
    try:
        for number in range(100000): os.close(os.open(f"/tmp/{os.getpid()}-{number}", os.O_CREAT))
    except OSError: pass
    time.sleep(5)
for _ in range(20): spawn(hoard)
time.sleep(5)
`,
  ),
];

/** Forks, in the hope that one gets away. */
const FORK: readonly Buyer[] = [
  buyer(
    "forks without end",
    py`
while True:
    try: os.fork()
    except OSError: pass
`,
  ),
  buyer(
    "forks without end when its first process has gone",
    py`
if os.fork() == 0:
    while True:
        try: os.fork()
        except OSError: pass
`,
  ),
  buyer(
    "is a comet: each process forks its successor and ends",
    py`
if os.fork() == 0:
    while True:
        try:
            if os.fork(): os._exit(0)
        except OSError: pass
time.sleep(5)
`,
  ),
  buyer(
    "is a comet when its first process has gone",
    py`
if os.fork() == 0:
    while True:
        try:
            if os.fork(): os._exit(0)
        except OSError: pass
`,
  ),
  buyer(
    "leaves daemons with sessions of their own, stopped ones among them",
    py`
import signal
def daemon(stopped):
    os.setsid()
    if os.fork(): os._exit(0)
    if stopped: os.kill(os.getpid(), signal.SIGSTOP)
    time.sleep(60)
for number in range(8): os.waitpid(spawn(lambda: daemon(number % 2)), 0)
sys.exit(3)
`,
  ),
];

/** A buyer with a caller of the SandboxFusion dialect, whose requests say how many seconds to compile and to run. */
function hurriedBy(seconds: { compile: number; run: number }, name: string, run: AttackRun): Buyer {
  const wallMs = 1000 * seconds.run;
  const limits = { wallMs, cpuMs: wallMs, ...run.limits };
  return {
    name: `${name}, with ${seconds.run} s and ${seconds.compile} s to compile`,
    run: { ...run, limits },
    deadlineMs: answerMs(seconds),
  };
}

/** The dialect's own defaults; who wants little time; and who leaves no more than what the dialect adds by itself. */
const USUAL = { compile: 10, run: 10 };
const SHORT = { compile: 10, run: 1 };
const NO_COMPILER = { compile: 0, run: 10 };

const signalOthers = (signal: number) => `
for pid in range(1, 5000):
    if pid != os.getpid():
        try: os.kill(pid, ${signal})
        except OSError: pass
`;
const STOP_OTHERS = py`${signalOthers(19)}time.sleep(60)`;
const lateAfter = (seconds: number, act: string) => py`time.sleep(${seconds})
${act}
time.sleep(60)`;
const STARVE = limited(
  py`
for _ in range(20):
    if os.fork() == 0: break
until = time.monotonic() + 60
while time.monotonic() < until:
    for _ in range(100000): pass
`,
  { cpuMs: 600_000 },
);

/** The caller's deadline, in the hope that it comes before the judgement. */
const OUTLAST: readonly Buyer[] = [
  ...[USUAL, SHORT, NO_COMPILER].flatMap((seconds) => [
    hurriedBy(seconds, "stops everybody and sleeps", STOP_OTHERS),
    hurriedBy(seconds, "stops everybody just before its limit", lateAfter(seconds.run - 0.3, signalOthers(19))),
    hurriedBy(seconds, "kills everybody just before its limit", lateAfter(seconds.run - 0.3, signalOthers(9))),
  ]),
  ...[USUAL, NO_COMPILER].flatMap((seconds) => [
    hurriedBy(seconds, "starves until its limit, so that its time-out is in doubt", STARVE),
    hurriedBy(
      seconds,
      "kills itself just before its limit, as the kernel would",
      lateAfter(seconds.run - 0.3, "os.kill(os.getpid(), 9)"),
    ),
  ]),
];

export const BUYERS: readonly Buyer[] = [...EXHAUST, ...KILL, ...STALL, ...CHOKE, ...FORK, ...OUTLAST];
