import { BUILD, type Defence, patch, without } from "./defence.ts";

const WRITABLE = [
  patch(
    "scratch.py",
    "linux.MS_REMOUNT | linux.MS_BIND | linux.MS_RDONLY | kept)",
    "linux.MS_REMOUNT | linux.MS_BIND | kept)",
  ),
];

export const NAMESPACES: readonly Defence[] = [
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
    // The lane cannot find its own slots in the agent's.
    startFails: /mode_unavailable.*FileNotFoundError.*'\/proc\/\d+\/status'/,
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
    patches: [patch("scratch.py", "_COVERED = (\n", "_COVERED = () and (\n")],
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

export const SCRATCH: readonly Defence[] = [
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

export const PROCESSES: readonly Defence[] = [
  {
    name: "what is left is killed",
    where: "local",
    patches: [patch("processes.py", "        os.kill(-1, signal.SIGKILL)\n", "        pass\n")],
    attacks: ["C41 a child that writes", "B25 by the book", "A18 stopped children"],
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
    // It makes another one instead, which is what would have to be done.
    patches: [
      patch(
        "processes.py",
        "        self.zygote = Zygote(interpreter, keeps, seccomp)\n",
        "        self._another = lambda: Zygote(interpreter, keeps, seccomp)\n        self.zygote = self._another()\n",
      ),
      patch(
        "processes.py",
        "        return self._zygote_lives and not self._stuck\n",
        "        if not self._zygote_lives:\n            self.zygote, self._zygote_lives = self._another(), True\n        return not self._stuck\n",
      ),
    ],
    attacks: ["E63 what earlier"],
    // Which counts sockets, the zygote's too: mostly, for the new one may be there before it looks.
    secondTo: "a lane in which something is left serves no more",
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
    // There the sandbox's memory has an end before the machine's.
    where: "docker",
    patches: [patch("lane.py", '        file.write("1000")\n', '        file.write("0")\n')],
    attacks: ["A03 held by such a program"],
    secondTo: "hidden mappings are counted",
  },
];
