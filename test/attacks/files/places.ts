import type { AttackEntry } from "../entry.ts";
import { prints, refused } from "../expect.ts";
import { limited, py, sh, withMore } from "../kit.ts";

export const cleanUp: AttackEntry = {
  id: "C45",
  title: "Clean-up attacks",
  variants: [
    {
      name: "folders without permissions, immutable and append-only flags",
      run: py`
import fcntl
for number in range(20):
    os.makedirs(f"closed{number}/inner")
    open(f"closed{number}/inner/file", "w").write("x")
    for flag in (0x10, 0x20):
        try: fcntl.ioctl(os.open(f"closed{number}/inner/file", os.O_RDONLY), 0x40086602, flag.to_bytes(8, "little"))
        except OSError: pass
    os.chmod(f"closed{number}/inner", 0)
    os.chmod(f"closed{number}", 0)
try: os.chmod("/workspace", 0)
except OSError: pass
print("closed")
`,
      expect: prints("closed\n"),
    },
    {
      name: "the workspace itself is renamed, removed, replaced by a link",
      run: py`
for place in ("/workspace", "/tmp", "/dev/shm"):
    attempt(f"rename {place}", lambda: os.rename(place, place + "2"))
    attempt(f"rmdir {place}", lambda: os.rmdir(place))
    attempt(f"link over {place}", lambda: os.symlink("/etc", place))
    attempt(f"mount over {place}", lambda: call("mount", b"x", place.encode(), b"tmpfs", 0, None))
    attempt(f"unmount {place}", lambda: call("umount2", place.encode(), 2))
end()
`,
      expect: refused(),
    },
    {
      name: "a child that renames and makes folders while all is removed",
      run: py`
def churn():
    number = 0
    while True:
        number += 1
        try:
            os.makedirs(f"/tmp/a/b{number % 7}/c")
            os.rename(f"/tmp/a", f"/tmp/z{number % 5}")
            os.symlink("/", f"/tmp/z{number % 5}/root")
        except OSError: pass
for _ in range(4): spawn(churn)
time.sleep(0.1)
print("churning")
`,
      expect: prints("churning\n"),
    },
    {
      name: "a process that keeps its working directory, files and mappings in there",
      run: py`
import mmap
def stay():
    os.makedirs("/tmp/held")
    os.chdir("/tmp/held")
    file = os.open("file", os.O_RDWR | os.O_CREAT)
    os.ftruncate(file, 4096)
    pages = mmap.mmap(file, 4096)
    time.sleep(60)
spawn(stay)
time.sleep(0.05)
print("staying")
`,
      expect: prints("staying\n"),
    },
    {
      name: "by removing everything that it can reach",
      run: limited(
        sh`rm -rf --no-preserve-root /dev /etc /bin /usr/bin /usr/local /run /var /home /root /opt /sandlot /tmp /workspace /proc/1 2>/dev/null; echo gone`,
        { cpuMs: 4000 },
      ),
      expect: prints("gone\n"),
      next: {
        run: py`
import json, subprocess
print(subprocess.run(["/bin/echo", "still here"], capture_output=True).stdout)
`,
        expect: prints("b'still here\\n'\n"),
      },
    },
  ],
  twins: [{ run: sh`mkdir -p a/b && touch a/b/c && rm -r a && ls -A && echo clean`, prints: "clean\n" }],
};

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
numbers = [int(word) for name in ("snmp", "snmp6") for word in open("/proc/net/" + name).read().split() if word.isdigit()]
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

export const overwritten: AttackEntry = {
  id: "C47",
  title: "Overwriting interpreter, standard library, start-up files",
  variants: [
    {
      name: "files of the image and of the agent",
      run: py`
import json, sysconfig
library = os.path.dirname(json.__file__)
for path in (sys.executable, library + "/__init__.py", "/usr/lib/python3/dist-packages/x.pth", "/etc/ld.so.preload", "/etc/passwd", "/etc/profile",
             "/etc/bash.bashrc", "/usr/bin/env", "/bin/sh", "/sandlot/agent/agent.py", "/sandlot/agent/slot.py", sysconfig.get_path("purelib") + "/sitecustomize.py"):
    attempt(f"write {path}", lambda: os.open(path, os.O_WRONLY | os.O_CREAT))
    attempt(f"unlink {path}", lambda: os.unlink(path))
    attempt(f"rename over {path}", lambda: os.rename("/workspace", path))
end()
`,
      expect: refused(),
    },
    {
      name: "start-up files in the home and the working directory",
      run: py`
import site
os.makedirs(site.getusersitepackages(), exist_ok=True)
evil = "print('HIJACKED')"
for path in (site.getusersitepackages() + "/usercustomize.py", site.getusersitepackages() + "/x.pth", "sitecustomize.py", "usercustomize.py", "json.py", "random.py", "os.py", "string.py"):
    open(path, "w").write(evil)
for path in (".bashrc", ".profile", ".bash_profile", ".npmrc", ".gitconfig", ".pythonrc"): open(path, "w").write("echo HIJACKED")
print("planted")
`,
      expect: prints("planted\n"),
      next: {
        run: py`
import json, random, subprocess
out = subprocess.run(["/usr/bin/python3", "-c", "import json, random; print('clean')"], capture_output=True, text=True).stdout
print(out, subprocess.run(["/bin/sh", "-lc", "echo clean"], capture_output=True, text=True).stdout, os.listdir())
`,
        expect: prints("clean\n clean\n []\n"),
      },
    },
    {
      name: "variables of the environment in one run",
      run: withMore(
        py`
os.environ["PYTHONPATH"] = "/workspace"; os.environ["NODE_OPTIONS"] = "--require /workspace/x.js"; os.putenv("PATH", "/workspace")
print("set")
`,
        { env: { PYTHONPATH: "/workspace", NODE_OPTIONS: "--require x" } },
      ),
      expect: prints("set\n"),
      next: {
        run: py`print([name for name in ("PYTHONPATH", "NODE_OPTIONS") if name in os.environ], os.environ["PATH"])`,
        expect: prints("[] /usr/local/bin:/usr/bin:/bin\n"),
      },
    },
    {
      name: "the trusted prelude of a later run is shadowed by a file",
      run: withMore(py`print("second")`, {
        files: ["math", "string", "collections", "json", "re", "typing"].map((name) => ({
          path: `${name}.py`,
          data: Buffer.from("print('HIJACKED')"),
        })),
      }),
      expect: prints("second\n"),
    },
  ],
  twins: [
    {
      run: withMore(
        py`
import helper
print(helper.value)
`,
        { files: [{ path: "helper.py", data: Buffer.from("value = 7") }] },
      ),
      prints: "7\n",
    },
  ],
};

export const otherWorkspaces: AttackEntry = {
  id: "C48",
  title: "Reading others' workspaces by guessing paths",
  variants: [
    {
      name: "a search for a neighbour's file",
      run: withMore(
        py`
time.sleep(0.2)
found = []
for folder, folders, names in os.walk("/"):
    if folder.startswith(("/sys", "/usr/share", "/usr/lib")): folders.clear()
    found += [os.path.join(folder, name) for name in names if name.startswith("secret-of-a-neighbour")]
for pid in list(range(1, 60)) + ["self", "thread-self"]:
    for way in ("root/workspace", "cwd", "root/tmp", "root/dev/shm"):
        try: found += [f"/proc/{pid}/{way}/{name}" for name in os.listdir(f"/proc/{pid}/{way}") if name.startswith("secret")]
        except OSError: pass
print(found)
`,
        { limits: { cpuMs: 9000, wallMs: 30_000 } },
      ),
      expect: prints("[]\n"),
      beside: {
        run: py`
for place in ("/workspace", "/tmp", "/dev/shm"): open(place + "/secret-of-a-neighbour", "w").write("x")
time.sleep(1)
print(os.listdir("/workspace"))
`,
        expect: prints("['secret-of-a-neighbour']\n"),
      },
    },
    {
      name: "through a handle of a file that it has seen before",
      run: py`
import struct
handle = ctypes.create_string_buffer(struct.pack("II", 128, 0) + bytes(128))
attempt("name_to_handle_at", lambda: syscall(303, -100, b"/workspace", handle, ctypes.byref(ctypes.c_int()), 0))
attempt("open_by_handle_at", lambda: syscall(304, os.open("/", os.O_RDONLY), handle, os.O_RDONLY))
end()
`,
      expect: refused(),
    },
    {
      name: "a lock on a file of the image, which a neighbour can feel",
      run: py`
import fcntl
held = []
for path in ("/usr/bin/env", "/etc/passwd", "/usr/bin/python3"):
    for kind in (fcntl.LOCK_EX, ):
        try:
            file = os.open(path, os.O_RDONLY)
            fcntl.flock(file, kind | fcntl.LOCK_NB)
            held.append(file)
        except OSError: pass
time.sleep(0.6)
print("held")
`,
      expect: prints("held\n"),
      beside: {
        afterMs: 300,
        run: py`
import fcntl
felt = []
for path in ("/usr/bin/env", "/etc/passwd", "/usr/bin/python3"):
    try: fcntl.flock(os.open(path, os.O_RDONLY), fcntl.LOCK_SH | fcntl.LOCK_NB)
    except BlockingIOError: felt.append(path)
    except OSError: pass
print(felt)
`,
        expect: prints("[]\n"),
      },
    },
    {
      name: "watching what a neighbour opens in the image",
      run: py`
import select
seen = b""
try:
    watch = syscall(294, os.O_NONBLOCK)
    syscall(254, watch, b"/usr/bin", 0x20)
    select.select([watch], [], [], 1)
    seen = os.read(watch, 4096)
except OSError: pass
print(b"tac" in seen)
`,
      expect: prints("False\n"),
      beside: {
        afterMs: 300,
        run: py`print(len(open("/usr/bin/tac", "rb").read()) > 0)`,
        expect: prints("True\n"),
      },
    },
    {
      name: "a lock that every namespace lists",
      run: py`
import fcntl, struct
try: fcntl.fcntl(os.open("/tmp/x", os.O_RDWR | os.O_CREAT), 37, struct.pack("hhqqi", fcntl.F_WRLCK, 0, 123456789, 1, 0))
except OSError: pass
time.sleep(0.6)
print("held")
`,
      expect: prints("held\n"),
      beside: {
        afterMs: 300,
        // gVisor has no such list.
        run: py`print(os.path.exists("/proc/locks") and "123456789" in open("/proc/locks").read())`,
        expect: prints("False\n"),
      },
    },
  ],
  twins: [
    {
      run: py`
import fcntl
with open("lock", "w") as file:
    fcntl.flock(file, fcntl.LOCK_EX)
    print("locked")
`,
      prints: "locked\n",
    },
  ],
};

export const leftSockets: AttackEntry = {
  id: "C49",
  title: "Sockets and locks left in the workspace",
  variants: [
    {
      name: "with a listener that stays behind",
      run: py`
import fcntl, socket
def stay():
    os.setsid()
    end = socket.socket(socket.AF_UNIX)
    end.bind("/workspace/socket"); end.listen()
    lock = open("/workspace/lock", "w")
    fcntl.flock(lock, fcntl.LOCK_EX)
    time.sleep(60)
spawn(stay)
time.sleep(0.1)
print(sorted(os.listdir("/workspace")))
`,
      expect: prints("['lock', 'socket']\n"),
      next: {
        run: py`
import fcntl, socket
attempt("connect", lambda: socket.socket(socket.AF_UNIX).connect("/workspace/socket"))
socket.socket(socket.AF_UNIX).bind("/workspace/socket")
fcntl.flock(open("/workspace/lock", "w"), fcntl.LOCK_EX | fcntl.LOCK_NB)
end()
`,
        expect: refused(),
      },
    },
  ],
  twins: [
    {
      run: py`
import socket
server = socket.socket(socket.AF_UNIX)
server.bind("own"); server.listen()
client = socket.socket(socket.AF_UNIX)
client.connect("own")
client.send(b"hello")
print(server.accept()[0].recv(5))
`,
      prints: "b'hello'\n",
    },
  ],
};
