import type { AttackEntry } from "../entry.ts";
import { prints, refused } from "../expect.ts";
import { limited, py, withMore } from "../kit.ts";

const PLACES =
  "/tmp /workspace /dev/shm /dev /dev/mqueue /var/tmp /run /run/lock /var/lock /var/run /var/cache /home /root /mnt /media /srv /opt /usr/local /usr/local/lib /etc /sandlot /sys/fs/cgroup /proc/sys/kernel";

export const marks: AttackEntry = {
  id: "C46",
  title: "Writing into shared places and looking in the next run",
  variants: [
    {
      name: "a file in each",
      run: py`
for place in "${PLACES}".split():
    try: open(place + "/mark-of-an-earlier-run", "w").write("x")
    except OSError: pass
for cache in (".cache/pip", ".npm", ".cache/go-build", ".ccache", "__pycache__", ".local/lib"):
    os.makedirs(f"/workspace/{cache}", exist_ok=True)
    open(f"/workspace/{cache}/mark-of-an-earlier-run", "w").write("x")
print("marked")
`,
      expect: prints("marked\n"),
      next: {
        run: py`
import subprocess
print([place for place in "${PLACES}".split() if os.path.exists(place + "/mark-of-an-earlier-run")], os.listdir("/workspace"))
`,
        expect: prints("[] []\n"),
      },
    },
    {
      name: "every place that takes a file, found by trying",
      run: withMore(
        py`
known = ("/tmp", "/workspace", "/dev/shm", "/proc")
found = []
for folder, folders, names in os.walk("/"):
    if folder.startswith(known):
        folders.clear()
        continue
    try:
        os.close(os.open(folder + "/mark", os.O_CREAT | os.O_WRONLY))
        found.append(folder)
    except OSError: pass
    for name in names:
        path = os.path.join(folder, name)
        try:
            if not os.path.islink(path) and os.path.isfile(path): os.close(os.open(path, os.O_WRONLY)); found.append(path)
        except OSError: pass
print(found)
`,
        { limits: { cpuMs: 9000, wallMs: 30_000 } },
      ),
      expect: prints("[]\n"),
    },
    {
      name: "times, modes and attributes of what is there",
      run: py`
for path in ("/", "/etc", "/etc/passwd", "/usr/bin/python3", "/sandlot", "/dev", "/dev/null", "/proc", "/sys"):
    attempt(f"utime {path}", lambda: os.utime(path, (1, 1)))
    attempt(f"chmod {path}", lambda: os.chmod(path, 0o777))
    attempt(f"setxattr {path}", lambda: os.setxattr(path, "user.mark", b"x"))
    attempt(f"chown {path}", lambda: os.chown(path, os.getuid(), os.getgid()))
end()
`,
      expect: refused(),
    },
    {
      name: "objects of the kernel: queues, semaphores, segments, keys, names of sockets",
      run: py`
import socket
for act in (lambda: syscall(29, 0x51, 4096, 0o1666), lambda: syscall(64, 0x51, 1, 0o1666), lambda: syscall(68, 0x51, 0o1666),
            lambda: syscall(240, b"mark", os.O_CREAT | os.O_RDWR, 0o666, 0), lambda: syscall(248, b"user", b"mark", b"x", 1, -4)):
    try: act()
    except OSError: pass
end = socket.socket(socket.AF_UNIX)
end.bind("\0mark"); end.listen()
spawn(lambda: time.sleep(60))
print("marked")
`,
      expect: prints("marked\n"),
      next: {
        run: py`
import socket
for act in (lambda: syscall(29, 0x51, 0, 0), lambda: syscall(64, 0x51, 0, 0), lambda: syscall(68, 0x51, 0),
            lambda: syscall(240, b"mark", os.O_RDWR, 0, 0), lambda: syscall(250, 10, -4, b"user", b"mark", 0)):
    attempt("kernel object", act)
attempt("abstract socket", lambda: socket.socket(socket.AF_UNIX).connect("\0mark"))
socket.socket(socket.AF_UNIX).bind("\0mark")
end()
`,
        expect: refused(),
      },
    },
    {
      name: "the number of processes that there were",
      run: limited(
        py`
for _ in range(100): os.waitpid(spawn(lambda: None), 0)
print("counted")
`,
        { cpuMs: 20_000, wallMs: 60_000 },
      ),
      expect: prints("counted\n"),
      next: { run: py`print(os.getpid() < 40)`, expect: prints("True\n") },
    },
    {
      name: "counters of packets that never were",
      run: py`
import socket
for _ in range(2000):
    for family, place in ((socket.AF_INET, ("10.1.2.3", 9)), (socket.AF_INET6, ("2001:db8::1", 9))):
        with socket.socket(family, socket.SOCK_DGRAM) as end:
            try: end.connect(place)
            except OSError: pass
print("counted")
`,
      expect: prints("counted\n"),
      next: {
        run: py`
import os
tables = [f"/proc/net/{name}" for name in ("snmp", "snmp6") if os.path.exists(f"/proc/net/{name}")]  # gVisor lacks some
numbers = [int(word) for table in tables for word in open(table).read().split() if word.isdigit()]
print(all(number < 1000 for number in numbers if number != 120000))
`,
        expect: prints("True\n"),
      },
    },
    {
      name: "labels of flows, which outlive their sockets",
      run: py`
import socket, struct
here = socket.socket(socket.AF_INET6, socket.SOCK_DGRAM)
label = socket.inet_pton(socket.AF_INET6, "::1") + struct.pack("!I", 0xBEEF) + struct.pack("=BBHHHI", 0, 255, 1, 60, 60, 0)
attempt("flow label", lambda: here.setsockopt(41, 32, label))
end()
`,
      expect: refused(),
    },
    {
      name: "when the names of devices were last looked up",
      run: py`
os.readlink("/dev/fd"); os.readlink("/dev/stdin"); os.listdir("/dev")
print("looked")
`,
      expect: prints("looked\n"),
      next: {
        run: py`
import time
looks = [os.lstat(path) for path in ("/dev", "/dev/stdin", "/dev/core") if os.path.lexists(path)]
print(all(look.st_atime - look.st_mtime < 0.05 or time.time() - look.st_atime > 0.2 for look in looks))
`,
        expect: prints("True\n"),
      },
    },
    {
      name: "the highest use of memory that there was",
      run: py`
data = bytearray(b"x") * (50 << 20)
print("used")
`,
      expect: prints("used\n"),
      next: {
        run: py`
most = 0
for name in ("memory/memory.max_usage_in_bytes", "memory.peak"):
    try: most = max(most, int(open("/sys/fs/cgroup/" + name).read()))
    except OSError: pass
print(most < 60 << 20)
`,
        expect: prints("True\n"),
      },
    },
    {
      name: "bytes on the loopback",
      run: py`
import socket
try:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as end:
        end.bind(("127.0.0.1", 0))
        for _ in range(100): end.sendto(b"x" * 1000, end.getsockname())
except OSError: pass
print("counted")
`,
      expect: prints("counted\n"),
      next: {
        run: py`
rows = [line.split() for line in open("/proc/net/dev") if line.strip().startswith("lo:")]
print([int(row[1]) < 50_000 for row in rows])
`,
        expect: prints("[True]\n"),
      },
    },
    {
      name: "ports, and connections that linger when they are closed",
      run: py`
import socket
try:
    server = socket.socket()
    server.bind(("127.0.0.1", 5999)); server.listen()
    for _ in range(20):
        client = socket.create_connection(("127.0.0.1", 5999))
        peer, _ = server.accept()
        peer.close(); client.close()
except OSError: pass
print("lingering")
`,
      expect: prints("lingering\n"),
      next: {
        run: py`
import socket
server = socket.socket()
server.bind(("127.0.0.1", 5999)); server.listen()
print("bound", [line for line in open("/proc/net/tcp").read().splitlines()[1:] if ":176F" in line and line.split()[3] != "0A"])
`,
        expect: prints("bound []\n"),
      },
    },
  ],
  twins: [
    {
      run: py`
import tempfile
with tempfile.TemporaryDirectory() as folder: open(folder + "/x", "w").write("y"); print(os.listdir(folder))
`,
      prints: "['x']\n",
    },
  ],
};
