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
