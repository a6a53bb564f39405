import type { Sandbox } from "../../../src/sandbox/index.ts";
import { textOf } from "../expect.ts";
import type { Arena } from "./arena.ts";

/**
 * Everything that a run finds on its arrival and that another run could have left or changed. Two runs of one sandbox
 * must find the same, to the byte.
 */
const SOURCE = `
import builtins, gc, json, locale, os, re, resource, signal, socket, stat, sys, tempfile, threading, warnings

def of(act):
    try:
        return act()
    except OSError as error:
        return "errno %s" % error.errno

def text(path):
    return open(path, "rb").read().decode("utf-8", "backslashreplace")

def tree(root):
    found = []
    for folder, folders, files in os.walk(root):
        folders.sort()
        for name in sorted(folders + files):
            path = os.path.join(folder, name)
            status = os.lstat(path)
            found.append([path, stat.filemode(status.st_mode), status.st_size if name in files else 0])
            if len(found) > 500:
                return found
    return found

def space(path):
    status = os.statvfs(path)
    return [status.f_blocks, status.f_bfree, status.f_files, status.f_ffree]

def mounts():
    # Without the numbers of mounts and devices, which the kernel hands out as it likes.
    rows = [line.split() for line in text("/proc/self/mountinfo").splitlines()]
    return [re.sub(r"bindfile\\w+", "bindfile", " ".join(row[3:])) for row in rows]

def status():
    wanted = ("Umask", "TracerPid", "Groups", "Threads", "SigPnd", "ShdPnd", "SigBlk", "SigIgn", "SigCgt",
              "CapInh", "CapPrm", "CapEff", "CapBnd", "CapAmb", "NoNewPrivs", "Seccomp", "Seccomp_filters")
    rows = dict(line.split(":", 1) for line in text("/proc/self/status").splitlines())
    return {key: rows.get(key, "").split() for key in wanted}

def descriptors():
    found = {}
    for name in os.listdir("/proc/self/fd"):
        target = of(lambda: os.readlink("/proc/self/fd/" + name))
        found[name] = re.sub(r"[0-9]+", "n", target)
    return found

places = ("/workspace", "/tmp", "/dev/shm", "/var/tmp", "/run", "/dev", "/dev/mqueue", "/home", "/root", "/mnt", "/srv", "/opt", "/media")
print(json.dumps({
    "files": {place: tree(place) for place in places if os.path.isdir(place)},
    "space": {place: space(place) for place in ("/workspace", "/tmp", "/dev/shm")},
    "processes": sorted(of(lambda: text("/proc/" + name + "/comm")) for name in os.listdir("/proc") if name.isdigit() and name not in ("1", str(os.getpid()))),
    "ipc": {name: of(lambda: text("/proc/sysvipc/" + name)) for name in ("shm", "sem", "msg")},
    "sockets": {name: of(lambda: [re.sub(r"[0-9a-f]{16}:|[0-9]{4,}", "n", row) if name == "unix" else row.split()[1:4] for row in text("/proc/net/" + name).splitlines()[1:]]) for name in ("unix", "tcp", "tcp6", "udp", "udp6", "raw", "packet")},
    # Locks of open file descriptions show in every PID namespace, whoever on the machine holds them.
    "locks": of(lambda: [line for line in text("/proc/locks").splitlines() if "OFDLCK" not in line]),
    "mounts": of(mounts),
    "status": status(),
    "descriptors": descriptors(),
    "limits": {name: resource.getrlimit(getattr(resource, name)) for name in dir(resource) if name.startswith("RLIMIT_") and name != "RLIMIT_DATA"},
    "schedule": [os.getpriority(os.PRIO_PROCESS, 0), os.sched_getscheduler(0), sorted(os.sched_getaffinity(0)), of(lambda: text("/proc/self/timerslack_ns"))],
    "oom": of(lambda: text("/proc/self/oom_score_adj")),
    "personality": of(lambda: text("/proc/self/personality")),
    "timers": [signal.getitimer(which) for which in (0, 1, 2)],
    "handlers": {number: str(signal.getsignal(number)).split(" at ")[0] for number in range(1, 32)},
    "session": [os.getsid(0) == os.getpid(), os.getpgrp() == os.getpid()],
    "host": [socket.gethostname(), of(lambda: text("/proc/sys/kernel/domainname")), os.uname().machine],
    "cwd": [os.getcwd(), sys.argv, os.path.realpath("/proc/self/root")],
    "environment": dict(os.environ),
    # Every slot of mode A has another user; what counts is that it has no second one.
    "user": [len({*os.getresuid(), *os.getresgid()}), os.getuid() != 0, os.getgroups()],
    "modules": sorted(sys.modules),
    "builtins": sorted(vars(builtins)),
    "arithmetic": [3 + 4, 2 ** 10, len("abc"), hash("abc") if sys.argv[0] != "-c" else 0, repr(1.5), sorted([3, 1, 2]), sum(range(10)), str(7), int("7")],
    "interpreter": [sys.getrecursionlimit(), sys.getswitchinterval(), sys.path, sys.flags.isolated, gc.isenabled(), threading.active_count(),
                    str(sys.gettrace()), str(sys.getprofile()), sys.excepthook is sys.__excepthook__, warnings.filters == [] or len(warnings.filters), locale.getlocale()],
    "tempdir": tempfile.gettempdir(),
}, sort_keys=True))
`;

/** What a run finds, part by part. */
export type Found = Readonly<Record<string, unknown>>;

/** In a warm interpreter, or started as a command: the two have lanes of their own. */
export type Kind = "warm" | "cold";

export async function inspect(arena: Arena, sandbox: Sandbox, kind: Kind): Promise<Found> {
  const cold = { argv: ["/usr/bin/python3", "-c", SOURCE] };
  const result = await arena.run(sandbox, {
    program: kind === "warm" ? { interpreter: "python", source: SOURCE } : cold,
    limits: { outputBytes: 16 << 20 },
    keepBytes: 8 << 20,
  });
  const out = textOf(result.stdout);
  if (!out.endsWith("}\n")) {
    const { exit, limit } = result;
    throw new Error(
      `the inspection failed: ${JSON.stringify({ exit, limit, err: textOf(result.stderr).slice(-600) })}`,
    );
  }
  const found = JSON.parse(out) as Found;
  // gVisor's tables of sockets are those of its whole kernel, in every network namespace.
  return arena.target.runtime === "default" ? found : { ...found, sockets: null };
}

/** Null when both found the same, or what differs. */
export function difference(before: Found, after: Found): string | null {
  return changes("", before, after).slice(0, 12).join("; ") || null;
}

/** One line for every leaf that differs; lists are compared as sets. */
function changes(path: string, before: unknown, after: unknown): string[] {
  const [a, b] = [JSON.stringify(before), JSON.stringify(after)];
  if (a === b) return [];
  if (Array.isArray(before) && Array.isArray(after)) {
    const [was, is] = [before, after].map((list) => list.map((value) => JSON.stringify(value)));
    const gone = was?.filter((value) => !is?.includes(value)) ?? [];
    const added = is?.filter((value) => !was?.includes(value)) ?? [];
    return [...gone.map((value) => `${path} lost ${value}`), ...added.map((value) => `${path} has ${value}`)];
  }
  if (isRecord(before) && isRecord(after)) {
    const keys = new Set([...Object.keys(before), ...Object.keys(after)]);
    return Array.from(keys).flatMap((key) => changes(`${path}/${key}`, before[key], after[key]));
  }
  return [`${path}: ${a ?? "nothing"} became ${b ?? "nothing"}`];
}

function isRecord(value: unknown): value is Found {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
