import { messageOf, SandlotError } from "../../../src/core/errors/sandlot-error.ts";
import type { AttackEntry } from "../entry.ts";
import { anotherRefusal, killedOrRefused, prints, refused } from "../expect.ts";
import { py, sh } from "../kit.ts";

const twin = {
  run: py`
print(os.access("/proc/self/status", os.R_OK), open("/proc/meminfo").read().startswith("MemTotal"), os.cpu_count() > 0)
`,
  prints: "True True True\n",
};

export const mounts: AttackEntry = {
  id: "E64",
  title: "mount, pivot_root, chroot, writes to /proc/sys and to cgroups",
  variants: [
    {
      name: "mounts, old and new",
      run: py`
attempt("mount tmpfs", lambda: call("mount", b"x", b"/tmp", b"tmpfs", 0, None))
attempt("mount proc", lambda: call("mount", b"proc", b"/tmp", b"proc", 0, None))
attempt("bind", lambda: call("mount", b"/", b"/tmp", None, 0x1000, None))
attempt("remount writable", lambda: call("mount", None, b"/", None, 0x20 | 0x1000, None))
attempt("overlay", lambda: call("mount", b"overlay", b"/tmp", b"overlay", 0, b"lowerdir=/etc,upperdir=/tmp,workdir=/workspace"))
attempt("umount proc", lambda: call("umount2", b"/proc", 2))
attempt("umount tmp", lambda: call("umount2", b"/tmp", 2))
attempt("pivot_root", lambda: syscall(155, b"/tmp", b"/tmp"))
attempt("chroot", lambda: os.chroot("/tmp"))
attempt("open_tree", lambda: syscall(428, -100, b"/", 1))
attempt("open_tree_attr", lambda: syscall(467, -100, b"/", 1, 0, 0))
attempt("move_mount", lambda: syscall(429, -100, b"/tmp", -100, b"/workspace", 0))
attempt("fsopen", lambda: syscall(430, b"tmpfs", 0))
attempt("fspick", lambda: syscall(433, -100, b"/", 0))
attempt("mount_setattr", lambda: syscall(442, -100, b"/", 0, ctypes.create_string_buffer(32), 32))
end()
`,
      expect: refused(),
    },
    {
      name: "settings of the kernel",
      run: py`
written = []
for folder, folders, names in os.walk("/proc/sys"):
    for name in names:
        path = os.path.join(folder, name)
        if name == "ns_last_pid": continue
        try: os.close(os.open(path, os.O_WRONLY)); written.append(path)
        except OSError: pass
def write(path, value): return os.write(os.open(path, os.O_WRONLY), value)
attempt("core_pattern", lambda: write("/proc/sys/kernel/core_pattern", b"core"))
attempt("modprobe", lambda: write("/proc/sys/kernel/modprobe", b"/sbin/modprobe"))
attempt("binfmt_misc", lambda: write("/proc/sys/fs/binfmt_misc/register", b":x:M::x::/tmp/x:"))
attempt("ns_last_pid", lambda: write("/proc/sys/kernel/ns_last_pid", b"100"))
attempt("uevent_helper", lambda: write("/sys/kernel/uevent_helper", b"/tmp/x"))
attempt("drop_caches", lambda: write("/proc/sys/vm/drop_caches", b"1"))
def read(path): return open(path).read(1) or denied("nothing is shown there")
def denied(why): raise PermissionError(1, why)
attempt("timer_list", lambda: read("/proc/timer_list"))
if written: print("SUCCEEDED opening", written[:10])
end()
`,
      expect: refused(),
    },
    {
      name: "control groups",
      run: py`
attempt("none", lambda: os.open("/sys/fs/cgroup/x", os.O_CREAT | os.O_WRONLY))
for folder, folders, names in os.walk("/sys/fs/cgroup"):
    attempt(f"mkdir in {folder}", lambda: os.mkdir(folder + "/own"))
    for name in names:
        if name in ("release_agent", "notify_on_release", "tasks", "cgroup.procs", "memory.limit_in_bytes", "memory.max", "pids.max", "devices.allow", "cpu.cfs_quota_us", "cpu.max", "memory.oom_control", "freezer.state", "cgroup.freeze", "cgroup.kill"):
            attempt(f"{folder}/{name}", lambda: os.open(f"{folder}/{name}", os.O_WRONLY))
end()
`,
      expect: refused(),
    },
    {
      name: "in the shell",
      run: sh`for w in "mount -t tmpfs x /tmp" "mount -o remount,rw /" "umount /proc" "chroot /tmp true" "unshare -r true" "nsenter -t 1 -m true" "sysctl -w kernel.hostname=x" "hostname x"; do $w >/dev/null 2>&1 && echo "SUCCEEDED $w" || echo "refused $w"; done; echo END`,
      expect: refused(),
    },
  ],
  twins: [twin],
};

export const namespaces: AttackEntry = {
  id: "E65",
  title: "unshare, user namespaces, then mount",
  variants: [
    {
      name: "every kind of namespace, every way to make one",
      run: py`
kinds = {"user": 0x10000000, "mount": 0x20000, "pid": 0x20000000, "ipc": 0x8000000, "net": 0x40000000, "uts": 0x4000000, "cgroup": 0x2000000, "time": 0x80}
for name, flag in kinds.items():
    attempt(f"unshare {name}", lambda: syscall(272, flag))
    attempt(f"unshare user and {name}", lambda: syscall(272, flag | 0x10000000))
    if name != "time": attempt(f"clone {name}", lambda: syscall(56, flag | 17, 0, 0, 0, 0))
    attempt(f"clone, with high bits set, {name}", lambda: syscall(56, (1 << 32) | flag | 17, 0, 0, 0, 0))
    request = ctypes.create_string_buffer(flag.to_bytes(8, "little") + bytes(24) + (17).to_bytes(8, "little") + bytes(48))
    attempt(f"clone3 {name}", lambda: syscall(435, request, 88))
    for which in ("1", "self"):
        attempt(f"setns {which} {name}", lambda: syscall(308, os.open(f"/proc/{which}/ns/{name if name != 'mount' else 'mnt'}", os.O_RDONLY), flag))
attempt("setns by pidfd", lambda: syscall(308, syscall(434, 1, 0), 0x10000000))
end()
`,
      expect: refused(),
    },
    {
      name: "calls of other ABIs of the same machine",
      run: py`
# unshare as x32 spells it, and as int 0x80 does.
attempt("x32 unshare", lambda: syscall(0x40000000 | 272, 0x10000000))
attempt("x32 mount", lambda: syscall(0x40000000 | 165, b"x", b"/tmp", b"tmpfs", 0, 0))
attempt("x32 ptrace", lambda: syscall(0x40000000 | 521, 0, 0, 0, 0))
attempt("a number that nobody has", lambda: syscall(100000))
end()
`,
      expect: {
        ...refused(),
        says: "refused, or killed",
        check: (result) => ("signal" in result.exit && result.exit.signal === 31 ? null : refused().check(result)),
      },
    },
    {
      name: "unshare by int 0x80, whose number is another",
      run: py`
print("calling", flush=True)
got = machine(bytes.fromhex("b836010000bb00000010cd80c3"))()
print("SUCCEEDED" if got == 0 else "refused", got)
sys.exit(1)
`,
      expect: killedOrRefused,
    },
  ],
  twins: [
    {
      run: py`
import subprocess, threading
thread = threading.Thread(target=lambda: print(os.posix_spawn("/bin/true", ["true"], {}) > 0))
thread.start(); thread.join()
print(subprocess.run(["/bin/true"]).returncode)
`,
      prints: "True\n0\n",
    },
  ],
};

export const subsystems: AttackEntry = {
  id: "E66",
  title: "Keyring, bpf, perf, io_uring, userfaultfd, kexec, modules",
  variants: [
    {
      name: "each by its number",
      run: py`
block = ctypes.create_string_buffer(256)
calls = {"add_key": (248, b"user", b"x", b"x", 1, -4), "request_key": (249, b"user", b"x", 0, -4), "keyctl": (250, 0, -4, 1), "keyctl join": (250, 1, 0),
         "bpf map": (321, 0, block, 72), "bpf prog": (321, 5, block, 72), "perf_event_open": (298, block, 0, -1, -1, 0),
         "io_uring_setup": (425, 8, block), "io_uring_enter": (426, 0, 1, 1, 0, 0), "io_uring_register": (427, 0, 0, 0, 0),
         "userfaultfd": (323, 0), "userfaultfd user": (323, 1), "kexec_load": (246, 0, 0, 0, 0), "kexec_file_load": (320, 0, 0, 0, 0, 0),
         "init_module": (175, block, 10, b""), "finit_module": (313, 0, b"", 0), "delete_module": (176, b"x", 0), "reboot": (169, 0xfee1dead, 672274793, 0, 0),
         "swapon": (167, b"/tmp", 0), "swapoff": (168, b"/tmp"), "acct": (163, b"/tmp/x"), "quotactl": (179, 0, 0, 0, 0), "quotactl, for every file system": (179, 0x80000100, 0, 0, 0), "syslog": (103, 2, block, 10),
         "iopl": (172, 3), "ioperm": (173, 0, 1, 1), "modify_ldt": (154, 0, block, 16), "personality": (135, 0x40000), "vhangup": (153,),
         "fanotify_init": (300, 0, 0), "vmsplice": (278, 1, block, 1, 0), "seccomp": (317, 1, 0, block), "lookup_dcookie": (212, 0, block, 10),
         "sethostname": (170, b"x", 1), "setdomainname": (171, b"x", 1), "io_setup": (206, 8, block), "memfd_secret": (447, 0), "memfd_create": (319, b"x", 0),
         "landlock": (444, block, 8, 0), "process_mrelease": (448, 0, 0), "set_mempolicy_home_node": (450, 0, 0, 0, 0), "mbind": (237, 0, 0, 0, 0, 0, 0), "move_pages": (279, 0, 0, 0, 0, 0, 0),
         "listmount": (458, block, block, 8, 0), "statmount": (457, block, block, 8, 0), "lsm_set_self_attr": (460, 100, block, 8, 0), "map_shadow_stack": (453, 0, 4096, 0),
         "file_setattr": (469, -100, b"/tmp", block, 24, 0), "rseq_slice": (471, 0), "uselib": (134, b"/bin/sh"), "nfsservctl": (180, 0, 0, 0), "ustat": (136, 0, block)}
for name, (number, *arguments) in calls.items(): attempt(name, lambda: syscall(number, *arguments))
end()
`,
      expect: refused(),
    },
  ],
  twins: [twin],
};

export const devices: AttackEntry = {
  id: "E67",
  title: "Devices: memory, kvm, disks, new nodes",
  variants: [
    {
      name: "those that could be there",
      run: py`
import fcntl, stat, struct
def use(name):
    device = os.open("/dev/" + name, os.O_RDWR if name in ("fuse", "net/tun") else os.O_RDONLY)
    # gVisor has these two for everybody: a file system that nobody may mount, an interface that nobody may make.
    if name == "fuse": return os.read(device, 1 << 17)
    if name == "net/tun": return fcntl.ioctl(device, 0x400454CA, struct.pack("16sH22x", b"own0", 1))
    return device
for name in ("mem", "kmem", "port", "kvm", "kmsg", "fuse", "net/tun", "vhost-net", "vsock", "loop-control", "loop0", "sda", "vda", "nvme0n1", "dm-0", "mapper/control", "snapshot", "uinput", "userfaultfd", "cuse", "hwrng", "rtc", "watchdog", "ppp", "nvidia0", "dri/card0", "console", "tty0", "ttyS0", "btrfs-control", "udmabuf", "dma_heap/system", "ashmem", "binder", "autofs"):
    attempt(name, lambda: use(name))
allowed = {"null", "zero", "full", "random", "urandom", "tty", "ptmx", "console", "pts", "shm", "mqueue", "fd", "stdin", "stdout", "stderr", "core", "fuse", "net", "char"}
odd = [name for name in os.listdir("/dev") if name not in allowed]
print("SUCCEEDED finding" if odd else "none", odd)
end()
`,
      expect: refused(),
    },
    {
      name: "new nodes, and their use",
      run: py`
for name, kind, major, minor in (("mem", 0o20666, 1, 1), ("null", 0o20666, 1, 3), ("sda", 0o60666, 8, 0), ("vda", 0o60666, 254, 0), ("kvm", 0o20666, 10, 232), ("fuse", 0o20666, 10, 229)):
    for place in ("/tmp", "/workspace", "/dev/shm", "/dev"):
        def make():
            path = f"{place}/{name}"
            os.mknod(path, kind, os.makedev(major, minor))
            return os.open(path, os.O_RDONLY)
        attempt(f"{place} {name}", make)
end()
`,
      expect: refused(),
    },
    {
      name: "terminals: input for somebody else",
      run: py`
import fcntl
attempt("TIOCSTI", lambda: fcntl.ioctl(0, 0x5412, b"x"))
attempt("TIOCLINUX", lambda: fcntl.ioctl(1, 0x541C, b"\x03"))
attempt("TIOCSCTTY", lambda: fcntl.ioctl(0, 0x540E, 1))
attempt("TIOCCONS", lambda: fcntl.ioctl(1, 0x541D))
attempt("TIOCSTI, with high bits set", lambda: call("ioctl", 0, ctypes.c_ulong((1 << 32) | 0x5412), b"x"))
end()
`,
      expect: refused(),
    },
    {
      name: "a terminal of its own, in which it types for others",
      run: py`
import fcntl, struct
def typed(way):
    master = os.open("/dev/ptmx", os.O_RDWR | os.O_NOCTTY)
    fcntl.ioctl(master, 0x40045431, struct.pack("i", 0))
    number = struct.unpack("i", fcntl.ioctl(master, 0x80045430, struct.pack("i", 0)))[0]
    terminal = os.open(f"/dev/pts/{number}", os.O_RDWR)
    return master, terminal, fcntl.ioctl(terminal, way, b"x")
attempt("TIOCSTI", lambda: typed(0x5412))
end()
`,
      expect: refused(),
    },
  ],
  twins: [
    { run: sh`head -c 4 /dev/zero | wc -c; echo x > /dev/null; head -c 8 /dev/urandom | wc -c`, prints: "4\n8\n" },
  ],
};

export const kernelFiles: AttackEntry = {
  id: "E68",
  title: "kcore, kallsyms, sysrq-trigger, dmesg",
  variants: [
    {
      name: "reading and writing",
      run: py`
attempt("kcore", lambda: open("/proc/kcore", "rb").read(1))
attempt("sysrq-trigger", lambda: os.write(os.open("/proc/sysrq-trigger", os.O_WRONLY), b"h"))
attempt("kmsg", lambda: open("/proc/kmsg").read(1))
attempt("dmesg", lambda: syscall(103, 3, ctypes.create_string_buffer(64), 64))
attempt("kpagecount", lambda: open("/proc/kpagecount", "rb").read(1))
attempt("kpageflags", lambda: open("/proc/kpageflags", "rb").read(1))
attempt("vmallocinfo", lambda: open("/proc/vmallocinfo").read(1))
attempt("slabinfo", lambda: open("/proc/slabinfo").read(1))
for path in ("/proc/mtrr", "/proc/acpi/wakeup", "/proc/scsi/scsi"): attempt(path, lambda: os.open(path, os.O_WRONLY))
attempt("efi", lambda: open("/sys/firmware/efi/systab").read())
attempt("debugfs", lambda: open("/sys/kernel/debug/sched/features").read())
attempt("tracefs", lambda: open("/sys/kernel/tracing/trace").read(1))
attempt("security", lambda: open("/sys/kernel/security/lsm", "w"))
attempt("power", lambda: open("/sys/power/state", "w"))
attempt("interrupts", lambda: open("/proc/irq/0/smp_affinity", "w"))
if os.path.exists("/proc/kallsyms"):
    addresses = {line.split()[0] for line in open("/proc/kallsyms").read(100000).splitlines()}
    print("SUCCEEDED kallsyms" if addresses - {"0" * 16, "(null)"} else "zeros")
end()
`,
      expect: refused(),
    },
    {
      name: "anything in /sys that can be written",
      run: py`
found = []
for folder, folders, names in os.walk("/sys"):
    if folder.count("/") > 6: folders.clear()
    for name in names:
        path = os.path.join(folder, name)
        try: os.close(os.open(path, os.O_WRONLY)); found.append(path)
        except OSError: pass
print(found[:10])
`,
      expect: prints("[]\n"),
    },
  ],
  twins: [twin],
};

export const leakedFolders: AttackEntry = {
  id: "E69",
  title: "Another namespace by /proc/1/ns or a leaked folder",
  variants: [
    {
      name: "every descriptor and link that might lead out",
      run: py`
def enter(way):
    opened = os.open(way, os.O_RDONLY)
    # gVisor lets anybody open a namespace, and nobody enter it.
    if "/ns/" in way: syscall(308, opened, 0)
    return opened
for number in range(0, 64):
    for way in (f"/proc/self/fd/{number}/../../etc/shadow", f"/proc/self/fd/{number}/etc/shadow", f"/proc/1/fd/{number}/etc"):
        attempt(way, lambda: os.open(way, os.O_RDONLY))
for way in ("/proc/1/root/etc/shadow", "/proc/1/cwd/..", "/proc/1/ns/mnt", "/proc/1/exe", "/proc/self/cwd/../../../../etc/shadow"):
    attempt(way, lambda: enter(way))
folders = [number for number in range(3, 64) if os.path.isdir(f"/proc/self/fd/{number}")]
print("SUCCEEDED holding" if len(folders) > 0 else "none", folders)
end()
`,
      expect: refused(),
    },
    {
      name: "by changing the program that the runner executes next",
      run: py`
import stat
for path in ("/proc/self/exe", "/proc/1/exe", "/sandlot/bin/python3", "/sandlot/lib/ld.so", sys.executable):
    attempt(f"write {path}", lambda: os.open(path, os.O_WRONLY))
    attempt(f"truncate {path}", lambda: os.truncate(path, 0))
end()
`,
      expect: refused(),
    },
  ],
  twins: [
    {
      run: py`print(os.path.realpath("/proc/self/cwd"), os.path.exists("/proc/self/exe"))`,
      prints: "/workspace True\n",
    },
  ],
};

export const downgrade: AttackEntry = {
  id: "E70",
  title: "Container detection and downgrade: a runtime that is not there",
  variants: [
    {
      name: "runtimes that the machine lacks",
      word: "refused",
      says: "no sandbox is made",
      act: async (arena) => {
        for (const runtime of ["kata-of-nowhere", "runsc ", "", "../runc", "RUNSC"]) {
          try {
            await arena.open({ runtime });
            return `a sandbox was made for ${JSON.stringify(runtime)}`;
          } catch (error) {
            const names = SandlotError.is(error, "sandbox_unsupported") && error.message.endsWith(`runtime ${runtime}`);
            if (!names) return anotherRefusal(error);
          }
        }
        return null;
      },
    },
    {
      name: "modes and images that it lacks",
      word: "refused",
      says: "no sandbox is made",
      act: async (arena) => {
        const lacking = [
          { spec: { mode: "Z" as "A" }, says: 'cause setup, mode_unavailable {"Z"' },
          ...["no-such-image", "../python"].map((image) => ({
            spec: { image },
            says: `sandbox image missing: image ${image}`,
          })),
        ];
        for (const { spec, says } of lacking) {
          try {
            await arena.open(spec);
            return `a sandbox was made for ${JSON.stringify(spec)}`;
          } catch (error) {
            if (!messageOf(error).includes(says)) return anotherRefusal(error);
          }
        }
        return null;
      },
    },
    {
      name: "the result names the mode that was asked for",
      word: "contained",
      says: "the mode of the target",
      act: async (arena) => {
        const { mode } = await arena.run(await arena.open(), py`print(1)`);
        return mode === arena.target.mode ? null : `mode ${mode}`;
      },
    },
  ],
  twins: [{ run: py`print(os.uname().sysname)`, prints: "Linux\n" }],
};
