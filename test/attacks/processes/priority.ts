import type { AttackEntry } from "../entry.ts";
import { and, prints, refused, typed } from "../expect.ts";
import { limited, py, sh, withMore } from "../kit.ts";

export const setuid: AttackEntry = {
  id: "B35",
  title: "exec of a setuid binary, file capabilities",
  variants: [
    {
      name: "a copy of its own with the bit set",
      run: sh`cp /usr/bin/id /bin/sh /tmp/ 2>/dev/null; chmod 6755 /tmp/id /tmp/sh; /tmp/id -u; /tmp/sh -p -c 'echo $(id -u) $(id -g)'`,
      expect: prints(/^(\d+)\n\1 \d+\n$/),
    },
    {
      name: "every such binary of the image",
      run: py`
found = []
for root in ("/usr/bin", "/usr/sbin", "/usr/local", "/usr/libexec", "/usr/lib/openssh", "/usr/lib/dbus-1.0", "/bin", "/sbin", "/opt", "/sandlot"):
    for folder, _, names in os.walk(root):
        for name in names:
            status = os.lstat(os.path.join(folder, name))
            if status.st_mode & 0o6000 and status.st_mode & 0o170000 == 0o100000: found.append(os.path.join(folder, name))
import subprocess
for path in found:
    print(path, [line for line in open("/proc/self/status") if line.startswith("NoNewPrivs")])
print("privileged" if os.geteuid() == 0 else "plain", [line.split()[1] for line in open("/proc/self/status") if line.startswith("NoNewPrivs")])
`,
      // gVisor of 2022 has no line for it.
      expect: prints(/plain \[('1')?\]\n$/),
    },
    {
      name: "capabilities on a file, and a change of user",
      run: py`
open("/tmp/x", "w").close()
os.chmod("/tmp/x", 0o755)
attempt("file capability", lambda: os.setxattr("/tmp/x", "security.capability", bytes.fromhex("0100000202000000000000000000000000000000")))
attempt("trusted attribute", lambda: os.setxattr("/tmp/x", "trusted.x", b"x"))
attempt("chown to root", lambda: os.chown("/tmp/x", 0, 0))
attempt("setuid", lambda: os.setuid(0))
attempt("setresuid", lambda: os.setresuid(0, 0, 0))
attempt("setgid", lambda: os.setgid(0))
attempt("setgroups", lambda: os.setgroups([0]))
attempt("setfsuid", lambda: 1 if syscall(122, 0) == 0 else (_ for _ in ()).throw(PermissionError(1, "kept")))
end()
`,
      expect: refused(),
    },
  ],
  twins: [{ run: sh`cp /bin/echo /tmp/own; chmod 755 /tmp/own; /tmp/own ran`, prints: "ran\n" }],
};

export const priorities: AttackEntry = {
  id: "B36",
  title: "Real-time priority, nice −20, CPU affinity to starve others, ionice",
  variants: [
    {
      name: "by system calls",
      run: py`
import struct
attempt("nice -20", lambda: os.setpriority(os.PRIO_PROCESS, 0, -20))
attempt("nice -1 of PID 1", lambda: os.setpriority(os.PRIO_PROCESS, 1, -1))
attempt("nice of everybody", lambda: os.setpriority(os.PRIO_USER, os.getuid(), 19))
attempt("SCHED_FIFO", lambda: os.sched_setscheduler(0, os.SCHED_FIFO, os.sched_param(1)))
attempt("SCHED_RR", lambda: os.sched_setscheduler(0, os.SCHED_RR, os.sched_param(99)))
attempt("SCHED_DEADLINE", lambda: syscall(314, 0, ctypes.create_string_buffer(struct.pack("IIQiIQQQ", 48, 6, 0, 0, 0, 10**6, 10**7, 10**7)), 0))
attempt("affinity of PID 1", lambda: os.sched_setaffinity(1, {0}))
attempt("ionice realtime", lambda: syscall(251, 1, 0, 1 << 13))
attempt("core scheduling", lambda: call("prctl", 62, 1, 0, 0, 0))
def prefer_others():
    file = os.open("/proc/self/oom_score_adj", os.O_WRONLY)
    if os.path.exists("/proc/sentry-meminfo"): raise PermissionError(errno.EPERM, "gVisor notes it and ends the whole sandbox")
    return os.write(file, b"-1000")
attempt("oom_score_adj", prefer_others)
attempt("autogroup", lambda: os.write(os.open("/proc/self/autogroup", os.O_WRONLY), b"-20"))
attempt("mlock of a megabyte", lambda: call("mlock", ctypes.create_string_buffer(1 << 20), ctypes.c_size_t(1 << 20)))
attempt("mlockall", lambda: call("mlockall", 3))
attempt("migrate_pages", lambda: syscall(256, 0, 8, ctypes.byref(ctypes.c_ulong(1)), ctypes.byref(ctypes.c_ulong(1))))
end()
`,
      expect: refused(),
    },
    {
      name: "out of the kernel's preference for ending it first",
      run: py`
for value in (b"0", b"999"): attempt("oom_score_adj", lambda: os.write(os.open("/proc/self/oom_score_adj", os.O_WRONLY), value))
end()
`,
      expect: refused(),
    },
    {
      name: "limits of others",
      run: py`
import struct
pair = ctypes.create_string_buffer(struct.pack("QQ", 0, 0))
for pid in (1, os.getppid() or 1):
    for which in range(16):
        attempt(f"prlimit {pid} {which}", lambda: syscall(302, pid, which, pair, 0))
end()
`,
      expect: refused(),
    },
    {
      name: "in the shell",
      run: limited(
        sh`nice -n -20 true 2>/dev/null; renice -n -20 -p 1 2>/dev/null; chrt -f 99 true 2>/dev/null; while :; do :; done`,
        { cpuMs: 300 },
      ),
      expect: typed("time_limit"),
    },
  ],
  twins: [
    {
      run: py`
print(os.getpriority(os.PRIO_PROCESS, 0), len(os.sched_getaffinity(0)) > 0, os.sched_getscheduler(0))
`,
      prints: "0 True 0\n",
    },
  ],
};

export const clocks: AttackEntry = {
  id: "B37",
  title: "Changing the clock, timers, adjtimex; a faked time by LD_PRELOAD",
  variants: [
    {
      name: "the machine's clock",
      run: py`
import struct
zero = ctypes.create_string_buffer(256)
attempt("settimeofday", lambda: syscall(164, zero, 0))
attempt("clock_settime", lambda: time.clock_settime(time.CLOCK_REALTIME, 0))
set_offset = ctypes.create_string_buffer(struct.pack("Ixxxxq", 1, 10 ** 6) + bytes(192))
attempt("adjtimex", lambda: syscall(159, set_offset))
attempt("clock_adjtime", lambda: syscall(305, 0, set_offset))
attempt("time namespace", lambda: syscall(272, 0x80))
attempt("timens_offsets", lambda: os.write(os.open("/proc/self/timens_offsets", os.O_WRONLY), b"monotonic 1000 0"))
attempt("rtc", lambda: os.open("/dev/rtc0", os.O_RDWR))
end()
`,
      expect: refused(),
    },
    {
      name: "how the machine's clock is kept: its drift tells machines apart",
      run: py`
attempt("adjtimex", lambda: syscall(159, ctypes.create_string_buffer(256)))
attempt("clock_adjtime", lambda: syscall(305, 0, ctypes.create_string_buffer(256)))
end()
`,
      expect: refused(),
    },
    {
      name: "the interpreter's clocks stand still while it burns",
      run: limited(
        py`
for name in ("time", "monotonic", "perf_counter", "process_time", "thread_time"): setattr(time, name, lambda: 0)
while True: pass
`,
        { cpuMs: 300 },
      ),
      expect: typed("time_limit"),
    },
    {
      name: "a program whose clock stands still: what is measured is measured outside",
      run: py`
started = time.monotonic()
for name in ("time", "monotonic", "perf_counter"): setattr(time, name, lambda: 0)
time.sleep(0.3)
print(time.monotonic())
`,
      expect: and(prints("0\n"), "at least 300 ms", ({ times }) => times.wallMs >= 300),
    },
    {
      name: "LD_PRELOAD and friends in the environment",
      run: withMore(sh`echo done`, {
        env: {
          LD_PRELOAD: "/workspace/fake.so",
          LD_LIBRARY_PATH: "/workspace",
          PYTHONPATH: "/workspace",
          PYTHONSTARTUP: "/workspace/x",
        },
      }),
      expect: prints("done\n"),
      next: { run: sh`echo "$LD_PRELOAD$LD_LIBRARY_PATH$PYTHONPATH."`, expect: prints(".\n") },
    },
    {
      name: "a storm of timers",
      run: limited(
        py`
import signal
signal.signal(signal.SIGALRM, lambda *_: None)
signal.setitimer(signal.ITIMER_REAL, 0.000001, 0.000001)
signal.setitimer(signal.ITIMER_VIRTUAL, 1000)
while True: pass
`,
        { cpuMs: 400 },
      ),
      expect: typed("time_limit"),
    },
  ],
  twins: [
    {
      run: py`
import datetime
print(datetime.datetime.now().year >= 2024, time.monotonic() > 0)
`,
      prints: "True True\n",
    },
  ],
};
