import { type Defence, patch } from "./defence.ts";

/** One rlimit that is not set. */
function unlimited(which: string, find: string, attacks: readonly string[]): Defence {
  return { name: `rlimit ${which}`, where: "local", patches: [patch("limits.py", find, "")], attacks };
}

export const LIMITS: readonly Defence[] = [
  unlimited("NOFILE", '        (resource.RLIMIT_NOFILE, limits["open_files"], limits["open_files"]),\n', [
    "A19 more than",
    "A19 open files",
    "A04 descriptors",
  ]),
  unlimited("FSIZE", '        (resource.RLIMIT_FSIZE, limits["disk_bytes"], limits["disk_bytes"]),\n', [
    "A07 one file above",
    "A07 by fallocate of a terabyte",
  ]),
  unlimited("SIGPENDING", "    resource.RLIMIT_SIGPENDING: 1024,\n", ["A04 queued signals"]),
  {
    ...unlimited("MSGQUEUE", "    resource.RLIMIT_MSGQUEUE: 0,\n", ["A04 message queues"]),
    secondTo: "filter: message queues",
  },
  unlimited("MEMLOCK", "    resource.RLIMIT_MEMLOCK: 1 << 16,\n", ["B36 by system calls"]),
  {
    ...unlimited("STACK", "        (resource.RLIMIT_STACK, _OTHER_STACK if held is None else _PYTHON_STACK, None),\n", [
      "A03 the stack, whose limit",
    ]),
    secondTo: "sampling of memory",
  },
  {
    ...unlimited("CPU", "        (resource.RLIMIT_CPU, seconds, seconds + 1),\n", ["A14 in the interpreter"]),
    secondTo: "sampling of processor time",
  },
  unlimited("DATA", "        (resource.RLIMIT_DATA, data, data),\n", ["A06 asked for by the gigabyte"]),
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

export const METERING: readonly Defence[] = [
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
    attacks: ["A02 by the C library"],
    secondTo: "rlimit NPROC",
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
    attacks: ["A14 in children one after the other"],
  },
  {
    name: "orphans are reaped as they end",
    where: "local",
    patches: [patch("meter.py", "        self._processes.reap()\n", "")],
    attacks: ["B27 orphans, one at a time"],
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
