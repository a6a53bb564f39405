import type { AttackEntry } from "../entry.ts";
import { oneOf, prints, refused, textOf, typed } from "../expect.ts";
import { limited, py, withMore } from "../kit.ts";
import { kernelObjects } from "./objects.ts";

const KEEPER = py`
import socket
left, right = socket.socketpair()
files = []
for number in range(6):
    file = os.open(f"/tmp/{number}", os.O_RDWR | os.O_CREAT)
    os.write(file, bytes(1 << 20))
    files.append(file)
socket.send_fds(left, [b"x"], files)
socket.send_fds(left, [b"x"], [left.fileno(), right.fileno()])
socket.send_fds(right, [b"x"], [left.fileno(), right.fileno()])
os._exit(0)
`;

const FILLER = py`
hoard = bytearray(40 << 20)
hoard[::4096] = b"x" * len(hoard[::4096])
for number in range(6): open(f"/tmp/{number}", "wb").write(bytes(1 << 20))
time.sleep(0.3)
print("filled")
`;

/** For what takes half a minute where system calls are slow, and an instant elsewhere. */
const SLOW = { cpuMs: 60_000, wallMs: 120_000 };

/** Bytes that were stuffed somewhere stay below the limit of memory, or the run is ended for it. */
const withinLimit = oneOf(typed("memory_limit"), prints(/^stuffed ([0-9]|[1-5][0-9]|6[0-4]) MiB\n$/));

export const hiddenMemory: AttackEntry = {
  id: "A04",
  title: "Memory through tmpfs, /dev/shm, memfd, pipes, socket buffers and the kernel's own tables",
  variants: [
    {
      name: "files in every writable place",
      run: py`
for place in ("/tmp", "/workspace", "/dev/shm"):
    for number in range(64):
        with open(f"{place}/{number}", "wb") as file: file.write(bytes(1 << 20))
`,
      expect: typed("disk_limit"),
    },
    {
      name: "deleted files that are still open",
      run: py`
hoard = []
while True:
    path = f"/tmp/{len(hoard)}"
    hoard.append(open(path, "wb", 0))
    os.unlink(path)
    hoard[-1].write(bytes(1 << 20))
`,
      expect: typed("disk_limit"),
    },
    {
      name: "files and memory that no process owns",
      run: py`
attempt("memfd_create", lambda: os.memfd_create("x"))
attempt("memfd_create by number", lambda: syscall(319, b"x", 0))
attempt("memfd_secret", lambda: syscall(447, 0))
attempt("shmget", lambda: syscall(29, 0, 32 << 20, 0o1600))
attempt("msgget", lambda: syscall(68, 0, 0o1600))
attempt("semget", lambda: syscall(64, 0, 32000, 0o1600))
attempt("mq_open", lambda: syscall(240, b"x", os.O_CREAT | os.O_RDWR, 0o600, 0))
attempt("io_setup", lambda: syscall(206, 1000, ctypes.byref(ctypes.c_ulong())))
attempt("landlock", lambda: syscall(444, ctypes.create_string_buffer((2).to_bytes(8, "little")), 8, 0))
attempt("standard input, written to", lambda: os.write(os.open("/proc/self/fd/0", os.O_RDWR), b"x" * 10))
attempt("standard input, made larger", lambda: os.truncate("/proc/self/fd/0", 1 << 20))
attempt("standard input, with holes filled", lambda: os.posix_fallocate(os.open("/proc/self/fd/0", os.O_RDWR), 0, 1 << 20))
end()
`,
      expect: refused(),
    },
    ...kernelObjects,
    {
      name: "pipes",
      run: py`
import fcntl
stuffed, hoard = 0, []
try:
    while True:
        reader, writer = os.pipe()
        try: fcntl.fcntl(writer, 1031, 1 << 20)
        except OSError: pass
        os.set_blocking(writer, False)
        try:
            while True: stuffed += os.write(writer, bytes(4096))
        except BlockingIOError: pass
except OSError: pass
print("stuffed", stuffed >> 20, "MiB")
`,
      expect: withinLimit,
    },
    {
      name: "socket buffers, as large as they get",
      run: py`
import socket
stuffed, hoard = 0, []
try:
    while True:
        pair = socket.socketpair()
        hoard += pair
        for end in pair:
            end.setblocking(False)
            end.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, 1 << 30)
            try:
                while True: stuffed += end.send(bytes(32768))
            except BlockingIOError: pass
except OSError: pass
print("stuffed", stuffed >> 20, "MiB")
`,
      expect: withinLimit,
    },
    {
      name: "socket buffers, with many tiny messages",
      run: limited(
        py`
import socket
stuffed, hoard = 0, []
try:
    while True:
        pair = socket.socketpair(socket.AF_UNIX, socket.SOCK_DGRAM)
        hoard += pair
        for end in pair:
            end.setblocking(False)
            end.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, 1 << 30)
            try:
                while stuffed < 1 << 30: stuffed += 256 * end.send(b"x")
            except BlockingIOError: pass
except OSError: pass
print("stuffed", stuffed >> 20, "MiB")
`,
        SLOW,
      ),
      expect: withinLimit,
    },
    {
      name: "socket buffers in many processes",
      run: py`
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
    except OSError: pass
    time.sleep(2)
for _ in range(20): spawn(stuff)
time.sleep(2)
print("held")
`,
      expect: oneOf(typed("memory_limit"), prints("held\n")),
    },
    {
      name: "record locks by the hundred thousand",
      run: limited(
        py`
import fcntl, struct
def hold(name):
    for number in range(50):
        file = os.open(f"/tmp/{name}-{number}", os.O_RDWR | os.O_CREAT)
        for at in range(4000, 0, -1): fcntl.fcntl(file, fcntl.F_SETLK, struct.pack("hhqqi", fcntl.F_WRLCK, 0, at * 2, 1, 0))
    time.sleep(30)
for name in range(6): spawn(lambda: hold(name))
time.sleep(40)
print("held")
`,
        SLOW,
      ),
      expect: typed("memory_limit"),
    },
    {
      name: "names, attributes and inodes of scratch files",
      run: limited(
        py`
number = 0
while True:
    path = f"/tmp/{number}" + "x" * 200
    open(path, "w").close()
    for attribute in range(8):
        try: os.setxattr(path, f"user.{attribute}", bytes(500))
        except OSError: pass
    number += 1
`,
        SLOW,
      ),
      // In gVisor attributes are memory of the kernel, which may be used up first.
      expect: typed("disk_limit", "memory_limit"),
    },
    {
      name: "queued signals and timers",
      run: limited(
        py`
import signal, struct
signal.pthread_sigmask(signal.SIG_BLOCK, [40])
queued = timers = 0
try:
    while queued < 100000:
        syscall(129, os.getpid(), 40, ctypes.create_string_buffer(struct.pack("iii", 40, 0, -1) + bytes(116)))
        queued += 1
except OSError: pass
try:
    while timers < 1000000:
        syscall(222, 1, 0, ctypes.byref(ctypes.c_int()))
        timers += 1
except OSError: pass
print(queued + timers < 5000)
`,
        SLOW,
      ),
      // gVisor has as many timers as there is memory.
      expect: oneOf(prints("True\n"), typed("memory_limit")),
    },
    {
      name: "descriptors in flight between sockets",
      run: py`
import socket
sent = 0
try:
    while sent < 100000:
        left, right = socket.socketpair()
        left.setblocking(False)
        for _ in range(200):
            reader, writer = os.pipe()
            os.set_blocking(writer, False)
            os.write(writer, bytes(65536))
            socket.send_fds(left, [b"x"], [reader, writer, left.fileno(), right.fileno()])
            os.close(reader)
            os.close(writer)
            sent += 4
except OSError: pass
print(sent < 1000)
`,
      // In gVisor any number may be in flight; the memory that they hold is limited.
      expect: oneOf(prints("True\n"), typed("memory_limit")),
    },
    {
      name: "connections to itself, each with all that they hold",
      run: py`
import socket
stuffed, hoard = 0, [socket.create_server(("127.0.0.1", 0))]
try:
    while True:
        client = socket.create_connection(hoard[0].getsockname(), 1)
        peer, _ = hoard[0].accept()
        hoard += [client, peer]
        for end in (client, peer):
            end.setblocking(False)
            end.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 1 << 30)
            try:
                while True: stuffed += end.send(bytes(65536))
            except BlockingIOError: pass
except OSError: pass
print("stuffed", stuffed >> 20, "MiB")
`,
      expect: withinLimit,
    },
    {
      name: "files that only descriptors in flight, in a circle, keep alive when everybody is gone",
      word: "contained",
      says: "twenty such runs leave no memory behind",
      act: async (arena) => {
        const sandbox = await arena.open();
        for (let n = 0; n < 20; n++) await arena.run(sandbox, KEEPER);
        // All slots at once, each with as much as it may have: more than the sandbox has if the twenty left theirs.
        const ends = await Promise.all(Array.from({ length: 8 }, () => arena.run(sandbox, FILLER)));
        const failed = ends.filter((result) => textOf(result.stdout) !== "filled\n");
        return failed.length === 0 ? null : `${failed.length} of 8 lacked memory: ${JSON.stringify(failed[0]?.exit)}`;
      },
    },
    {
      name: "names that are looked up and are not there",
      run: limited(
        py`
for number in range(100000):
    try: os.stat(f"/usr/{number}" + "x" * 200)
    except OSError: pass
print("done")
`,
        SLOW,
      ),
      expect: prints("done\n"),
    },
  ],
  twins: [
    {
      run: py`
import multiprocessing, shutil, socket, tempfile
from multiprocessing import shared_memory
block = shared_memory.SharedMemory(create=True, size=1 << 20)
block.buf[:5] = b"hello"
other = shared_memory.SharedMemory(name=block.name)
print(bytes(other.buf[:5]))
other.close(); block.close(); block.unlink()
left, right = socket.socketpair()
left.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, 65536)
left.sendall(b"x" * 60000)
print(len(right.recv(60000, socket.MSG_WAITALL)) > 0)
lock = multiprocessing.Lock()
with lock: print("locked")
`,
      prints: "b'hello'\nTrue\nlocked\n",
    },
    {
      run: withMore(
        py`
import sqlite3
with sqlite3.connect("/workspace/base") as base:
    base.execute("create table t (n integer)")
    base.executemany("insert into t values (?)", [(n,) for n in range(1000)])
print(sqlite3.connect("/workspace/base").execute("select sum(n) from t").fetchone()[0], len(sys.stdin.read()))
`,
        { stdin: Buffer.alloc(300_000, "x") },
      ),
      prints: "499500 300000\n",
    },
  ],
};
