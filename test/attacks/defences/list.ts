/** One wall of the agent, how it is taken down in a copy, and the attacks that are then expected to get through. */
export interface Defence {
  readonly name: string;
  /** Where it is needed to be seen: `local` in mode B is the quickest, `docker` in mode A has users of their own. */
  readonly where: "local" | "docker";
  /** In `sandboxes/agent/`; each text occurs exactly once, so that this list cannot outlive what it speaks of. */
  readonly patches: readonly { readonly file: string; readonly find: string; readonly replace: string }[];
  /** Entries, or entries and variants by the beginning of their names. */
  readonly attacks: readonly string[];
}

const patch = (file: string, find: string, replace: string) => ({ file, find, replace });

const BUILD = "def build(networked=True, machine=None):";

/** Python that forgets calls before the filter is built. */
function without(calls: readonly string[]): string {
  const forget = "_REFUSED.pop(_name, None) or _ABSENT.pop(_name)";
  return `for _name in ${JSON.stringify(calls)}:\n    ${forget}\n\n\n${BUILD}`;
}

/** System calls that the filter lets through again. */
function allowed(name: string, calls: readonly string[], attacks: readonly string[]): Defence {
  return { name: `filter: ${name}`, where: "local", patches: [patch("seccomp.py", BUILD, without(calls))], attacks };
}

/** A check on an argument that the filter does not make any more. */
function unchecked(name: string, find: string, replace: string, attacks: readonly string[]): Defence {
  return { name: `filter: ${name}`, where: "local", patches: [patch("seccomp.py", find, replace)], attacks };
}

/** One rlimit that is not set. */
function unlimited(which: string, find: string, attacks: readonly string[]): Defence {
  return { name: `rlimit ${which}`, where: "local", patches: [patch("limits.py", find, "")], attacks };
}

const MOUNTS = [
  "mount",
  "umount2",
  "pivot_root",
  "chroot",
  "open_tree",
  "move_mount",
  "fsopen",
  "fsconfig",
  "fsmount",
  "fspick",
  "mount_setattr",
];

const FILTER: readonly Defence[] = [
  {
    name: "filter: all of it",
    where: "local",
    patches: [patch("zygote.py", "    seccomp.install()\n", "")],
    attacks: ["E64 mounts", "E65 every kind", "E66", "D57 every family", "B30 by system calls"],
  },
  allowed(
    "traces of processes",
    ["ptrace", "process_vm_readv", "process_vm_writev", "kcmp", "pidfd_getfd", "process_madvise"],
    ["B30 by system calls"],
  ),
  allowed("namespaces", ["unshare", "setns", "clone3"], ["E65 every kind"]),
  allowed("mounts", MOUNTS, ["E64 mounts"]),
  {
    name: "filter: mounts, where capabilities are kept",
    where: "local",
    patches: [
      patch("seccomp.py", BUILD, without(MOUNTS)),
      patch("zygote.py", "    linux.keep_capabilities(keeps)\n", "    linux._prctl(38, 1)\n"),
    ],
    attacks: ["E64 mounts", "C45 the workspace"],
  },
  allowed("handles of files", ["open_by_handle_at", "name_to_handle_at"], ["C48 through a handle"]),
  allowed("keyrings", ["keyctl", "add_key", "request_key"], ["E66", "C46 objects"]),
  allowed("bpf, perf, userfaultfd", ["bpf", "perf_event_open", "userfaultfd"], ["E66"]),
  allowed("io_uring", ["io_uring_setup", "io_uring_enter", "io_uring_register"], ["E66"]),
  allowed(
    "contexts of asynchronous I/O",
    ["io_setup", "io_submit", "io_getevents", "io_destroy", "io_cancel", "io_pgetevents"],
    ["A19 contexts", "A04 files and memory"],
  ),
  allowed(
    "memory that no process owns",
    ["memfd_create", "memfd_secret", "shmget", "msgget", "semget"],
    ["A04 files and memory"],
  ),
  allowed("System V objects", ["shmget", "msgget", "semget"], ["C46 objects"]),
  allowed("watches", ["inotify_init", "inotify_init1"], ["A19 inotify", "C48 watching"]),
  allowed(
    "rule sets",
    ["landlock_create_ruleset", "landlock_add_rule", "landlock_restrict_self"],
    ["A04 files and memory", "E66"],
  ),
  allowed(
    "priorities and processors",
    ["sched_setaffinity", "sched_setscheduler", "sched_setparam", "sched_setattr", "setpriority", "ioprio_set"],
    ["B36 by system calls"],
  ),
  allowed("persona and tables of the processor", ["personality", "modify_ldt", "iopl", "ioperm"], ["E66"]),
  allowed("the clock", ["settimeofday", "clock_settime", "adjtimex", "clock_adjtime"], ["B37 the machine's clock"]),
  allowed(
    "modules, kexec, accounting and the like",
    [
      "kexec_load",
      "kexec_file_load",
      "init_module",
      "finit_module",
      "delete_module",
      "swapon",
      "swapoff",
      "acct",
      "quotactl",
      "syslog",
    ],
    ["E66", "E68 reading"],
  ),
  unchecked("other ABIs", "        (_JEQ_K, 1, 0, arch),\n", "        (_JEQ_K, 1, 1, arch),\n", [
    "E65 unshare by int 0x80",
    "D57 by the calls",
  ]),
  unchecked("calls newer than the list", "_NEWEST = 456", "_NEWEST = 4095", ["E66"]),
  unchecked("flags of clone", "_NAMESPACE_FLAGS = 0x7E020080", "_NAMESPACE_FLAGS = 0", ["E65 every kind"]),
  unchecked(
    "limits of other processes",
    "(_JEQ_K, 1, 0, 0), (_RET_K, 0, 0, eperm)])",
    "(_JEQ_K, 1, 0, 0), (_RET_K, 0, 0, _ALLOW)])",
    ["B36 limits of others"],
  ),
  unchecked("families of sockets", "_FAMILIES = (*_LOCAL_FAMILIES, 2, 10)", "_FAMILIES = tuple(range(46))", [
    "D57 every family",
  ]),
  unchecked("protocols of sockets", "_PROTOCOLS = (0, 6, 17)", "_PROTOCOLS = tuple(range(180)) + (262,)", [
    "D57 every family",
    "D51 by other transports",
  ]),
  unchecked("sizes of socket buffers", "_BUFFER_SIZES = (7, 8, 32, 33)", "_BUFFER_SIZES = (99,)", [
    "A04 socket buffers, as large",
    "A04 socket buffers, with many",
  ]),
  unchecked("labels of flows", "_FLOW_LABELS = 32", "_FLOW_LABELS = 99", ["C46 labels of flows"]),
  unchecked("locks of open files", "_OPEN_FILE_LOCKS = (36, 37, 38)", "_OPEN_FILE_LOCKS = (99,)", [
    "C48 a lock that every",
  ]),
  unchecked("input of terminals", "_TERMINAL_INPUT = (0x5412, 0x541C)", "_TERMINAL_INPUT = (0xFFFF,)", [
    "E67 terminals",
  ]),
];

const WRITABLE = [
  patch(
    "scratch.py",
    "linux.MS_REMOUNT | linux.MS_BIND | linux.MS_RDONLY | kept)",
    "linux.MS_REMOUNT | linux.MS_BIND | kept)",
  ),
];

const NAMESPACES: readonly Defence[] = [
  {
    name: "network namespace of a lane",
    where: "local",
    patches: [
      patch("lane.py", "            | linux.CLONE_NEWNET | linux.CLONE_NEWUTS\n", "            | linux.CLONE_NEWUTS\n"),
      patch("lane.py", "        linux.raise_loopback()\n", ""),
    ],
    attacks: ["D55", "D56 an abstract name", "B25 by the book", "C46 objects"],
  },
  {
    name: "IPC namespace of a lane, with System V objects allowed",
    where: "local",
    patches: [
      patch("lane.py", " | linux.CLONE_NEWPID | linux.CLONE_NEWIPC\n", " | linux.CLONE_NEWPID\n"),
      patch("seccomp.py", BUILD, without(["shmget", "msgget", "semget"])),
    ],
    attacks: ["C46 objects"],
  },
  {
    name: "a /proc of the lane's own",
    where: "local",
    patches: [patch("scratch.py", '    linux.mount("proc", "/proc", "proc", _PLAIN | linux.MS_NOEXEC, hidden)\n', "")],
    attacks: ["B30 by files", "E61 the command line", "E61 the environment of every"],
  },
  {
    name: "all that is mounted is read-only",
    where: "local",
    patches: WRITABLE,
    attacks: ["B36 out of the kernel's", "E64 settings"],
  },
  {
    name: "devices are read-only, and so are the times of their use",
    where: "docker",
    patches: WRITABLE,
    attacks: ["C46 when the names"],
  },
  {
    name: "mounts that lanes would share are covered",
    where: "local",
    patches: [
      patch("scratch.py", '_COVERED = ("/dev/mqueue", "/dev/pts", "/sys/fs/cgroup", "/proc/gvisor")', "_COVERED = ()"),
    ],
    attacks: ["A19 pseudo-terminals"],
  },
  {
    name: "files of the cgroup are covered",
    where: "docker",
    patches: [patch("scratch.py", '"/dev/pts", "/sys/fs/cgroup", ', '"/dev/pts", ')],
    attacks: ["C46 the highest use"],
  },
  {
    name: "others' processes are hidden in /proc",
    where: "docker",
    patches: [patch("scratch.py", '"hidepid=2,gid=%d" % trusted_group', "None")],
    attacks: ["E61 the command line"],
  },
  {
    name: "a user for every slot",
    where: "docker",
    patches: [patch("lane.py", "            return _FIRST_USER + self._runs\n", "            return None\n")],
    attacks: ["B35 capabilities on a file", "B28 everybody at once", "B30 by files", "E64 settings"],
  },
];

const SCRATCH: readonly Defence[] = [
  {
    name: "a fresh scratch space for every slot",
    where: "local",
    patches: [patch("lane.py", "            self._scratch.renew(user)\n", "")],
    attacks: ["C46 a file in each", "C47 start-up files", "H103"],
  },
  {
    name: "cap on its bytes",
    where: "local",
    patches: [
      patch("scratch.py", '"size=%d,nr_inodes=%d,mode=0755" % (size, inodes)', '"nr_inodes=%d,mode=0755" % inodes'),
    ],
    attacks: ["A07 many files", "A07 by fallocate"],
  },
  {
    name: "cap on its inodes",
    where: "local",
    patches: [patch("scratch.py", '"size=%d,nr_inodes=%d,mode=0755" % (size, inodes)', '"size=%d,mode=0755" % size')],
    attacks: ["A08 a million", "A08 hard links"],
  },
  {
    name: "sockets of the loopback are kept small",
    where: "local",
    patches: [patch("lane.py", "        bound_sockets()\n", "")],
    attacks: ["A04 connections"],
  },
  {
    name: "the counter of processes is set back",
    where: "local",
    patches: [patch("lane.py", "            self._counter.reset(self.processes.zygote.pid)\n", "")],
    attacks: ["C46 the number"],
  },
  {
    name: "counters of the network are looked at",
    where: "local",
    patches: [patch("scratch.py", ', "snmp", "snmp6", "netstat", "rt6_stats")', ")")],
    attacks: ["C46 counters of packets"],
  },
  {
    name: "a lane in which something is left serves no more",
    where: "local",
    patches: [patch("scratch.py", "list(map(_settled, raw)) != self._known", "False")],
    attacks: ["C46 bytes", "C46 ports"],
  },
];

const LIMITS: readonly Defence[] = [
  unlimited("NOFILE", '        (resource.RLIMIT_NOFILE, limits["open_files"], limits["open_files"]),\n', [
    "A19 more than",
    "A19 open files",
    "A04 descriptors",
  ]),
  unlimited("FSIZE", '        (resource.RLIMIT_FSIZE, limits["disk_bytes"], limits["disk_bytes"]),\n', [
    "A07",
    "C50 a sparse",
  ]),
  unlimited("SIGPENDING", "    resource.RLIMIT_SIGPENDING: 1024,\n", ["A04 queued signals"]),
  unlimited("MSGQUEUE", "    resource.RLIMIT_MSGQUEUE: 0,\n", ["A04 files and memory", "C46 objects"]),
  unlimited("MEMLOCK", "    resource.RLIMIT_MEMLOCK: 1 << 16,\n", ["B36 by system calls"]),
  unlimited("STACK", "        (resource.RLIMIT_STACK, _OTHER_STACK if held is None else _PYTHON_STACK, None),\n", [
    "A20",
    "A03 the stack",
  ]),
  unlimited("CPU", "        (resource.RLIMIT_CPU, seconds, seconds + 1),\n", ["A14 in the interpreter"]),
  unlimited("DATA", "        (resource.RLIMIT_DATA, data, data),\n", ["A03 a list", "A21 a text"]),
  unlimited("CORE", "    resource.RLIMIT_CORE: 0,\n", ["A23"]),
  {
    name: "rlimit NPROC",
    where: "local",
    patches: [
      patch("limits.py", "        wanted.append((resource.RLIMIT_NPROC, processes, processes))\n", "        pass\n"),
    ],
    attacks: ["A01 every process", "A02 by the C library", "B27 children"],
  },
];

const METERING: readonly Defence[] = [
  {
    name: "sampling of processor time",
    where: "local",
    patches: [patch("meter.py", '            return "cpu"\n', "            pass\n")],
    attacks: ["A14", "A17 twenty processes"],
  },
  {
    name: "sampling of memory",
    where: "local",
    patches: [patch("meter.py", '            return "memory"\n', "            pass\n")],
    attacks: ["A03 shared anonymous", "A03 in children", "A03 in orphans"],
  },
  {
    name: "sampling of processes",
    where: "local",
    patches: [patch("meter.py", '            return "processes"\n', "            pass\n")],
    attacks: ["A01 every process", "A02 with stacks"],
  },
  {
    name: "hidden mappings are counted",
    where: "local",
    patches: [
      patch(
        "meter.py",
        "self._processes.seen_as_user(lambda: sum(accounting.hidden_memory(pid, known) for pid in pids))",
        "0",
      ),
    ],
    attacks: ["A03 shared pages", "A03 a device"],
  },
  {
    name: "locks are counted",
    where: "local",
    patches: [patch("meter.py", " + accounting.locks() * _LOCK_BYTES", "")],
    attacks: ["A04 record locks"],
  },
  {
    name: "page tables and swap are counted",
    where: "local",
    patches: [
      patch("accounting.py", '(b"RssAnon:", b"RssShmem:", b"VmPTE:", b"VmSwap:")', '(b"RssAnon:", b"RssShmem:")'),
    ],
    attacks: ["A03 page tables"],
  },
  {
    name: "children that nobody waited for are counted",
    where: "local",
    patches: [
      patch(
        "meter.py",
        "cpu = max(cpu + self._processes.orphans_cpu, sum(self._own.values()) + self._vanished)",
        "cpu = cpu + self._processes.orphans_cpu",
      ),
    ],
    attacks: ["A14 in many children, each for a moment, whose end"],
  },
  {
    name: "orphans are reaped as they end",
    where: "local",
    patches: [patch("meter.py", "        self._processes.reap()\n", "")],
    attacks: ["B27 orphans", "A14 in orphans"],
  },
  {
    name: "output is bounded",
    where: "local",
    patches: [
      patch(
        "run.py",
        '            elif self.stdout.total + self.stderr.total > self.limits["output_bytes"]:\n                self.limit = "output"\n',
        "",
      ),
    ],
    attacks: ["A11 standard output", "A11 by twenty"],
  },
  {
    name: "the clock on the wall",
    where: "local",
    patches: [patch("run.py", '                self.limit = "wall"\n', "                pass\n")],
    attacks: ["A15 sleep", "B38 SIGSTOP"],
  },
];

const PROCESSES: readonly Defence[] = [
  {
    name: "what is left is killed",
    where: "local",
    patches: [patch("processes.py", "        os.kill(-1, signal.SIGKILL)\n", "        pass\n")],
    attacks: ["B25 by the book", "A18 stopped children"],
  },
  {
    name: "whoever is left is noticed",
    where: "local",
    patches: [
      patch(
        "processes.py",
        "                return False\n        return True\n\n    def _kill_all",
        "                return True\n        return True\n\n    def _kill_all",
      ),
    ],
    attacks: ["B25 by the book", "C49"],
  },
  {
    name: "a lane ends with its zygote",
    where: "local",
    patches: [
      patch(
        "processes.py",
        "        return self._zygote_lives and not self._stuck\n",
        "        return not self._stuck\n",
      ),
    ],
    attacks: ["B25 by the book", "E63 what earlier"],
  },
  {
    name: "lanes and zygotes are not dumpable",
    where: "local",
    patches: [
      patch(
        "linux.py",
        "    _check(_prctl(_PR_SET_DUMPABLE, 1 if dumpable else 0)",
        "    _check(_prctl(_PR_SET_DUMPABLE, 1)",
      ),
    ],
    attacks: ["B30 by files", "B33 on the descriptors", "E61 the environment of every", "E69 every descriptor"],
  },
  {
    name: "descriptors above the slot's own are closed",
    where: "local",
    patches: [
      patch("slot.py", "    linux.close_above(DESCRIPTORS)\n", ""),
      patch("zygote.py", "    linux.close_above(_COMMANDS + 1)\n", ""),
    ],
    attacks: ["B33 none is inherited", "B33 on every descriptor", "E63 the runner's"],
  },
  {
    name: "capabilities are given up",
    where: "local",
    patches: [patch("zygote.py", "    linux.keep_capabilities(keeps)\n", "    linux._prctl(38, 1)\n")],
    attacks: ["B31 what needs", "D51 with routes", "D57 every family", "B35 capabilities"],
  },
  {
    name: "the environment is emptied",
    where: "local",
    patches: [patch("zygote.py", "    os.environ.clear()\n", "    os.environ['SANDLOT_MARK'] = 'x'\n")],
    attacks: ["E61 its own", "E61 a command's"],
  },
  {
    name: "randomness is seeded anew",
    where: "local",
    patches: [patch("program.py", "    random.seed()\n", "")],
    attacks: ["E71"],
  },
  {
    name: "candidates are first when memory runs out",
    where: "local",
    patches: [patch("lane.py", '        file.write("1000")\n', '        file.write("0")\n')],
    attacks: ["B36 out of the kernel's"],
  },
];

const FILES: readonly Defence[] = [
  {
    name: "links to files are not followed",
    where: "local",
    patches: [
      patch("files.py", "flags = os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK", "flags = os.O_RDONLY | os.O_NONBLOCK"),
    ],
    attacks: ["C39 to everything", "C41 a child"],
  },
  {
    name: "links to folders are not followed",
    where: "local",
    patches: [
      patch(
        "files.py",
        "os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC, dir_fd=folder)",
        "os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC, dir_fd=folder)",
      ),
      patch(
        "files.py",
        "    if stat.S_ISLNK(os.stat(name, dir_fd=folder, follow_symlinks=False).st_mode):\n",
        "    if False:\n",
      ),
    ],
    attacks: ["C39 to everything", "C39 a folder", "C43 a folder"],
  },
  {
    name: "regular files alone are fetched",
    where: "local",
    patches: [patch("files.py", "    if stat.S_ISREG(os.fstat(descriptor).st_mode):\n", "    if True:\n")],
    attacks: ["C40 pipes", "C40 a pipe"],
  },
  {
    name: "pipes are not waited for",
    where: "local",
    patches: [patch("files.py", "os.O_NOFOLLOW | os.O_NONBLOCK | os.O_NOCTTY", "os.O_NOFOLLOW | os.O_NOCTTY")],
    attacks: ["C40 pipes"],
  },
  {
    name: "setuid bits of files that are handed in are dropped",
    where: "local",
    patches: [patch("files.py", "mode & 0o777)", "mode)")],
    attacks: ["C42 setuid", "C43 setuid"],
  },
  {
    name: "links and devices in archives are refused",
    where: "local",
    patches: [
      patch(
        "archives.py",
        "            if member.type not in (tarfile.REGTYPE, tarfile.AREGTYPE) or member.issparse():\n",
        "            if False:\n",
      ),
    ],
    attacks: ["C43"],
  },
  {
    name: "names in archives stay below their folder",
    where: "local",
    patches: [patch("files.py", '    if any(part in ("", ".", "..") or', '    if any(part in ("",) or')],
    attacks: ["C43"],
  },
  {
    name: "bounded archives",
    where: "local",
    patches: [patch("archives.py", "            if entries > _MAX_ENTRIES:\n", "            if False:\n")],
    attacks: ["C44 twenty thousand"],
  },
  {
    name: "standard input is sealed",
    where: "local",
    patches: [patch("spare.py", "        fcntl.fcntl(self._stdin, _F_ADD_SEALS, _SEAL_EVERYTHING)\n", "")],
    attacks: ["A04 files and memory"],
  },
];

export const DEFENCES: readonly Defence[] = [
  ...FILTER,
  ...NAMESPACES,
  ...SCRATCH,
  ...LIMITS,
  ...METERING,
  ...PROCESSES,
  ...FILES,
];
