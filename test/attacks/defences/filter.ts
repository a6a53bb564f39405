import { BUILD, type Defence, patch, without } from "./defence.ts";

/** System calls that the filter lets through again. */
function allowed(name: string, calls: readonly string[], attacks: readonly string[]): Defence {
  return { name: `filter: ${name}`, where: "local", patches: [patch("seccomp.py", BUILD, without(calls))], attacks };
}

/** A check on an argument that the filter does not make any more. */
function unchecked(name: string, find: string, replace: string, attacks: readonly string[]): Defence {
  return { name: `filter: ${name}`, where: "local", patches: [patch("seccomp.py", find, replace)], attacks };
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

export const FILTER: readonly Defence[] = [
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
  { ...allowed("mounts", MOUNTS, ["E64 mounts", "C45 the workspace"]), secondTo: "capabilities are given up" },
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
  allowed("System V objects", ["shmget", "msgget", "semget"], ["A04 System V"]),
  { ...allowed("message queues", ["mq_open"], ["A04 message queues"]), secondTo: "rlimit MSGQUEUE" },
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
  allowed(
    "the clock",
    ["settimeofday", "clock_settime", "adjtimex", "clock_adjtime"],
    ["B37 the machine's clock", "B37 how the machine's"],
  ),
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
  {
    ...unchecked("input of terminals", "_TERMINAL_INPUT = (0x5412, 0x541C)", "_TERMINAL_INPUT = (0xFFFF,)", [
      "E67 terminals",
      "E67 a terminal",
    ]),
    secondTo: "mounts that lanes would share are covered",
  },
];
