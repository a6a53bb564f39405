import type { AttackEntry } from "../entry.ts";
import { and, killedOrRefused, oneOf, prints, refused, typed } from "../expect.ts";
import { cold, limited, py, sh, withMore } from "../kit.ts";

export const otherMemory: AttackEntry = {
  id: "B30",
  title: "ptrace, /proc/PID/mem, process_vm_readv on agent, zygote or sibling",
  variants: [
    {
      name: "by system calls",
      run: py`
child = spawn(lambda: time.sleep(30))
buffer = ctypes.create_string_buffer(64)
vector = (ctypes.c_ulong * 2)(ctypes.addressof(buffer), 64)
for pid in (1, os.getppid() or 1, child, os.getpid()):
    for request in (16, 0x4206):
        attempt(f"ptrace {request} {pid}", lambda: syscall(101, request, pid, 0, 0))
    attempt(f"process_vm_readv {pid}", lambda: syscall(310, pid, vector, 1, vector, 1, 0))
    attempt(f"process_vm_writev {pid}", lambda: syscall(311, pid, vector, 1, vector, 1, 0))
    attempt(f"kcmp {pid}", lambda: syscall(312, pid, os.getpid(), 1, 0, 0))
attempt("ptrace of itself by its parent", lambda: syscall(101, 0, 0, 0, 0))
attempt("pidfd_getfd", lambda: syscall(438, syscall(434, 1, 0), 0, 0))
attempt("process_madvise", lambda: syscall(440, syscall(434, 1, 0), vector, 1, 21, 0))
attempt("process_mrelease", lambda: syscall(448, syscall(434, 1, 0), 0))
end()
`,
      expect: refused(),
    },
    {
      name: "by the calls of 32-bit programs",
      run: py`
# ptrace(PTRACE_TRACEME) is number 26 there; here that is msync.
print("calling", flush=True)
got = machine(bytes.fromhex("b81a000000bb0000000031c931d231f6cd80c3"))()
print("SUCCEEDED" if got == 0 else "refused", got)
sys.exit(1)
`,
      expect: killedOrRefused,
    },
    {
      name: "by files",
      run: py`
def told(folder):
    # gVisor tells anybody the numbers, positions and flags of open files, and nothing of what they are.
    rows = [row.split(":")[0] for name in os.listdir(folder) for row in open(f"{folder}/{name}")]
    if not set(rows) - {"pos", "flags", "mnt_id"}: raise PermissionError(errno.EPERM, "")
    return rows
own = {str(os.getpid()), "self", "thread-self"}
others = [pid for pid in os.listdir("/proc") if pid.isdigit() and pid not in own] + ["1"]
for pid in others:
    for name in ("mem", "maps", "smaps", "environ", "auxv", "stack", "syscall", "io", "wchan_", "numa_maps", "pagemap", "patch_state", "timers", "personality"):
        attempt(f"{pid}/{name}", lambda: open(f"/proc/{pid}/{name}", "rb").read(1))
    for name in ("fd", "map_files"):
        attempt(f"{pid}/{name}/", lambda: os.listdir(f"/proc/{pid}/{name}"))
    attempt(f"{pid}/fdinfo/", lambda: told(f"/proc/{pid}/fdinfo"))
    for name in ("cwd", "root", "exe"):
        attempt(f"{pid}/{name}@", lambda: os.readlink(f"/proc/{pid}/{name}"))
        attempt(f"{pid}/{name}/", lambda: os.listdir(f"/proc/{pid}/{name}/"))
    for name in ("oom_score_adj", "coredump_filter", "timerslack_ns", "clear_refs", "comm", "autogroup", "loginuid", "uid_map", "gid_map", "setgroups", "projid_map", "timens_offsets"):
        attempt(f"{pid}/{name}, to write", lambda: os.write(os.open(f"/proc/{pid}/{name}", os.O_WRONLY), b"0"))
end()
`,
      expect: refused(),
    },
    {
      name: "of a sibling whose number it guesses",
      run: py`
for pid in range(3, 400):
    if os.path.exists(f"/proc/{pid}") and pid != os.getpid(): attempt(f"{pid}", lambda: open(f"/proc/{pid}/mem", "rb"))
attempt("none", lambda: open("/proc/100000/mem"))
end()
`,
      expect: refused(),
      beside: {
        run: py`
secret = "a secret of the neighbour"
time.sleep(0.3)
print("kept")
`,
        expect: prints("kept\n"),
      },
    },
    {
      name: "of its own, to change what the interpreter's siblings share",
      run: py`
with open("/proc/self/maps") as maps:
    ranges = [line.split() for line in maps]
code = next(row for row in ranges if row[1] == "r-xp" and row[-1].endswith(("python3.11", "python3.13", "libc.so.6")))
start = int(code[0].split("-")[0], 16)
with open("/proc/self/mem", "r+b", 0) as memory:
    memory.seek(start + 64)
    memory.write(b"\xcc" * 16)
print("changed a copy")
`,
      expect: oneOf(prints("changed a copy\n"), typed("runtime_error")),
      next: { run: py`print("unchanged")`, expect: prints("unchanged\n") },
    },
  ],
  twins: [
    {
      run: py`
memory = open("/proc/self/mem", "rb", 0)
text = ctypes.create_string_buffer(b"mine")
memory.seek(ctypes.addressof(text))
print(memory.read(4), len(open("/proc/self/maps").read()) > 0)
`,
      prints: "b'mine' True\n",
    },
  ],
};

export const prctls: AttackEntry = {
  id: "B31",
  title: "prctl tricks",
  variants: [
    {
      name: "a subreaper that collects orphans and hides their time",
      run: limited(
        py`
libc.prctl(36, 1, 0, 0, 0)
def burn():
    if os.fork(): os._exit(0)
    until = time.process_time() + 0.05
    while time.process_time() < until: pass
while True: os.waitpid(-1, 0) if spawn(burn) else None
`,
        { cpuMs: 400, wallMs: 4000 },
      ),
      expect: and(typed("time_limit", "process_limit"), "limit cpu", ({ limit }) => limit !== "wall"),
    },
    {
      name: "the name of the agent",
      run: limited(
        py`
libc.prctl(15, b"agent.py", 0, 0, 0)
pid = spawn(lambda: (libc.prctl(15, b"python3", 0, 0, 0), time.sleep(60)))
while True: pass
`,
        { cpuMs: 300 },
      ),
      expect: typed("time_limit"),
    },
    {
      name: "what needs a capability, and what takes a wall down again",
      run: py`
attempt("PR_SET_MM", lambda: call("prctl", 35, 1, 0x10000, 0, 0))
attempt("PR_SET_MM_MAP", lambda: call("prctl", 35, 14, 0, 0, 0))
attempt("PR_CAPBSET_DROP", lambda: call("prctl", 24, 0, 0, 0, 0))
attempt("PR_CAP_AMBIENT_RAISE", lambda: call("prctl", 47, 2, 0, 0, 0))
attempt("PR_SET_SECUREBITS", lambda: call("prctl", 28, 0, 0, 0, 0))
attempt("PR_SET_NO_NEW_PRIVS off", lambda: call("prctl", 38, 0, 0, 0, 0))
attempt("PR_SET_SECCOMP off", lambda: call("prctl", 22, 0, 0, 0, 0))
attempt("PR_SCHED_CORE", lambda: call("prctl", 62, 1, 0, 0, 0))
attempt("PR_MCE_KILL", lambda: call("prctl", 33, 2, 0, 0, 0))
attempt("PR_SET_IO_FLUSHER", lambda: call("prctl", 57, 1, 0, 0, 0))
attempt("capset", lambda: syscall(126, ctypes.create_string_buffer((0x20080522).to_bytes(4, "little") + bytes(4)), ctypes.create_string_buffer(b"\xff" * 24)))
end()
`,
      expect: refused(),
    },
    {
      name: "a filter of its own that lies to its children",
      run: py`
import struct
# Every call answers 0 without being made, from here on: getpid, write, exit.
rows = struct.pack("HBBI", 6, 0, 0, 0x00050000)
filter = ctypes.create_string_buffer(rows)
program = ctypes.create_string_buffer(struct.pack("HxxxxxxQ", 1, ctypes.addressof(filter)))
print("going blind", flush=True)
libc.prctl(22, 2, program, 0, 0)
`,
      expect: typed("runtime_error", "time_limit"),
    },
    {
      name: "not dumpable, so that nobody can look into it",
      run: limited(
        py`
libc.prctl(4, 0, 0, 0, 0)
hoard = []
for _ in range(6):
    if os.fork() == 0:
        libc.prctl(4, 0, 0, 0, 0)
        break
hoard = bytearray(30 << 20)
time.sleep(60)
`,
        { wallMs: 4000 },
      ),
      expect: typed("memory_limit"),
    },
  ],
  twins: [
    {
      run: py`
libc.prctl(15, b"worker", 0, 0, 0)
print(open("/proc/self/comm").read().strip(), libc.prctl(39, 0, 0, 0, 0))
`,
      prints: "worker 1\n",
    },
  ],
};

export const closedDescriptors: AttackEntry = {
  id: "B32",
  title: "Closing stdin, stdout, stderr and all others; dup2 over high ones",
  variants: [
    {
      name: "everything is closed",
      run: py`
os.closerange(0, 65536)
time.sleep(0.1)
os._exit(7)
`,
      expect: and(typed("runtime_error"), "exit code 7", ({ exit }) => "code" in exit && exit.code === 7),
    },
    {
      name: "everything is closed, and it goes on",
      run: limited(
        py`
os.closerange(0, 65536)
time.sleep(60)
`,
        { wallMs: 400 },
      ),
      expect: typed("time_limit"),
    },
    { name: "in the shell", run: sh`exec 0<&- 1>&- 2>&-; exit 5`, expect: typed("runtime_error") },
    {
      name: "standard output over every number",
      run: py`
for number in range(3, 64):
    try: os.dup2(1, number)
    except OSError: pass
os.write(40, b"by another name\n")
`,
      expect: prints("by another name\n"),
    },
    {
      name: "standard output and error exchanged, then closed by one",
      run: py`
spare = os.dup(1)
os.dup2(2, 1)
os.dup2(spare, 2)
os.close(spare)
os.write(2, b"out\n")
os.close(2)
`,
      expect: prints("out\n"),
    },
    {
      name: "standard output opened again for reading",
      run: py`
os.write(1, b"written\n")
mine = os.open("/proc/self/fd/1", os.O_RDONLY | os.O_NONBLOCK)
try: os.read(mine, 3)
except OSError: pass
os.write(1, b"and more\n")
`,
      expect: prints(/and more\n$/),
    },
  ],
  twins: [
    {
      run: cold`
sys.stdin.close()
print("fine")
sys.stderr.close()
`,
      prints: "fine\n",
    },
    {
      run: withMore(
        sh`echo told > /dev/stderr; cat < /dev/stdin; echo said > /dev/stdout; echo both | tee /dev/stderr`,
        { stdin: Buffer.from("read\n") },
      ),
      prints: "read\nsaid\nboth\n",
    },
    {
      run: withMore(
        py`
print(open("/dev/stdin").read(), end="")
sys.stdout.flush()
with open("/dev/stdout", "w") as out: out.write("written\n")
with open("/dev/stderr", "w") as err: err.write("told\n")
`,
        { stdin: Buffer.from("read\n") },
      ),
      prints: "read\nwritten\n",
    },
  ],
};

const FRAMES = `
import struct
def frame(kind, channel, payload): return struct.pack(">IBI", len(payload), kind, channel) + payload
result = b'{"exit": {"code": 0}, "limit": null, "unexplained_kill": false, "oom": false, "starved_us": 0, "times": {"setup_us": 0, "wall_us": 0, "cpu_us": 0, "teardown_us": 0}, "memory_peak_bytes": 0, "worn": false, "stdout": {"bytes": 0, "dropped": 0, "head": 0}, "stderr": {"bytes": 0, "dropped": 0, "head": 0}, "files": []}'
forged = b"".join(frame(kind, channel, payload) for channel in range(0, 40) for kind, payload in ((4, b'{"reason": "closed"}'), (6, b""), (17, b"\\x01forged"), (21, result), (22, b'{"code": "cancelled", "detail": ""}')))
`;

export const forgedFrames: AttackEntry = {
  id: "B33",
  title: "Forged frames on inherited descriptors",
  variants: [
    {
      name: "on every descriptor that it has",
      run: py`${FRAMES}
for number in range(3, 1024):
    for act in (lambda: os.write(number, forged), lambda: os.read(number, 1)):
        try: act()
        except OSError: pass
sys.exit(3)
`,
      expect: and(
        typed("runtime_error"),
        "exit code 3, nothing printed",
        ({ exit, stdout }) => "code" in exit && exit.code === 3 && stdout.head.length === 0,
      ),
    },
    {
      name: "on standard output and error",
      run: withMore(
        py`${FRAMES}
os.write(1, forged)
os.write(2, forged)
sys.exit(4)
`,
        { keepBytes: 1 << 20 },
      ),
      expect: and(typed("runtime_error"), "exit code 4", ({ exit }) => "code" in exit && exit.code === 4),
    },
    {
      name: "on the descriptors of PID 1 and its parent",
      run: py`${FRAMES}
own = {"/dev/null", *(os.readlink(f"/proc/self/fd/{number}") for number in range(3))}
def reach(path):
    opened = os.open(path, os.O_RDWR)
    if os.readlink(path) in own: raise PermissionError(errno.EPERM, "nothing but what it has")
    return opened
for pid in {1, os.getppid() or 1}:
    for number in range(64):
        attempt(f"{pid} {number}", lambda: reach(f"/proc/{pid}/fd/{number}"))
end()
`,
      expect: refused(),
    },
    {
      name: "on every socket that has a name",
      run: py`${FRAMES}
import socket
names = [line.split()[-1] for line in open("/proc/net/unix").read().splitlines()[1:] if len(line.split()) > 7]
for name in names + ["@sandlot", "/run/sandlot", "/sandlot/agent.sock", "/tmp/agent.sock"]:
    for kind in (socket.SOCK_STREAM, socket.SOCK_DGRAM, socket.SOCK_SEQPACKET):
        def reach():
            with socket.socket(socket.AF_UNIX, kind) as end:
                end.connect(name.replace("@", "\0", 1))
                end.send(forged)
        attempt(name, reach)
end()
`,
      expect: refused(),
    },
    {
      name: "none is inherited, in the warm interpreter and in a command",
      run: sh`ls /proc/self/fd | wc -l; /usr/bin/python3 -c 'import os; print(sorted(int(n) for n in os.listdir("/proc/self/fd"))[:3], len(os.listdir("/proc/self/fd")))'`,
      // In gVisor of 2022 ls fails.
      expect: prints(/^[04]\n\[0, 1, 2\] 4\n$/),
    },
  ],
  twins: [
    {
      run: withMore(
        py`
print(sys.stdin.read().upper(), end="")
print("to error", file=sys.stderr)
`,
        { stdin: Buffer.from("\u0000\u0001frame?") },
      ),
      prints: "\u0000\u0001FRAME?",
    },
  ],
};
