"""What the kernel says of processes, by way of /proc and the sandbox's cgroup."""

import os
import re


def held_data(pid):
    """Bytes of data of a process, as RLIMIT_DATA counts them."""
    return _status(pid, (b"VmData:",)).get(b"VmData:", 0)


def memory(pid):
    """Bytes of memory of a process that no file stands behind: private and shared pages, swap, page tables."""
    counted = _status(pid, _OWN_MEMORY + (b"VmRSS:",))
    # gVisor tells only the sum, files included.
    return sum(counted.get(name, 0) for name in _OWN_MEMORY) or counted.get(b"VmRSS:", 0)


def _status(pid, names):
    """The fields of a process's status that are sizes, in bytes. Read as bytes: a process may call itself anything."""
    with open("/proc/%s/status" % pid, "rb") as file:
        return {line.split()[0]: int(line.split()[1]) << 10 for line in file if line.startswith(names)}


_PAGE = os.sysconf("SC_PAGE_SIZE")
_MOST_LOCKS = 1 << 18
_MOST_MAPS = 1 << 20
#: Whether the kernel says how long a thread was ready and waited for a processor; gVisor does not.
TELLS_WAITING = os.path.exists("/proc/self/schedstat")
#: Whether the kernel says what part of its pages a process shares; gVisor does not.
TELLS_SHARED = os.path.exists("/proc/self/smaps_rollup")
_OWN_MEMORY = (b"RssAnon:", b"RssShmem:", b"VmPTE:", b"VmSwap:")


def proportional_memory(pid):
    """The same with every shared page divided by those who share it; `memory` where the kernel does not say."""
    try:
        with open("/proc/%s/smaps_rollup" % pid, "rb") as file:
            fields = dict(line.split(b":") for line in file if line.startswith((b"Pss_Anon", b"Pss_Shmem", b"SwapPss:")))
        shared = sum(int(value.split()[0]) << 10 for value in fields.values())
        return shared + _status(pid, (b"VmPTE:",)).get(b"VmPTE:", 0)
    except (OSError, ValueError):
        # A process can close its own account to everybody.
        return memory(pid)


def hidden_memory(pid, known):
    """Bytes of shared anonymous memory that a process maps, touched or not: its pages may count as nobody's.

    `known`: inodes that have been counted already; those of this process are added.
    """
    total = read = 0
    try:
        with open("/proc/%s/maps" % pid, "rb") as file:
            for line in file:
                read += len(line)
                if read > _MOST_MAPS:
                    return max(total, _reserved(pid))  # nobody honest has so many, and reading them takes its time
                if line.endswith(b"/dev/zero (deleted)\n"):
                    span, _, _, _, inode, _ = line.split(None, 5)
                    if inode not in known:
                        known.add(inode)
                        start, _, end = span.partition(b"-")
                        total += int(end, 16) - int(start, 16)
        return total
    except PermissionError:
        return _reserved(pid)  # it has closed its account: everything that it has reserved counts
    except (OSError, ValueError):
        return total  # it has ended meanwhile


def _reserved(pid):
    try:
        with open("/proc/%s/statm" % pid, "rb") as file:
            return int(file.read().split()[0]) * _PAGE
    except (OSError, IndexError):
        return 0


def locks():
    """Records of file locks in this PID namespace: memory of the kernel that nobody else counts. At the bound, a billion."""
    try:
        with open("/proc/locks", "rb") as file:
            table = file.read(_MOST_LOCKS)
        return 10**9 if len(table) == _MOST_LOCKS else table.count(b"\n")
    except OSError:
        return 0


def unix_sockets():
    """How many there are in this network namespace: what they keep on its way is memory of no process."""
    try:
        with open("/proc/net/sockstat", "rb") as file:
            counts = [int(number) for number in re.findall(rb"(?:used|inuse) (\d+)", file.read())]
        return max(0, counts[0] - sum(counts[1:]))
    except (OSError, IndexError):
        return 0


class OomKills:
    """How often the kernel has ended a process of this sandbox for want of memory; 0 where it does not say."""

    _PATHS = ("/sys/fs/cgroup/memory.events", "/sys/fs/cgroup/memory/memory.oom_control")
    _LINE = re.compile(rb"^oom_kill (\d+)$", re.MULTILINE)

    def __init__(self):
        # Open for good: it is asked before and after every run.
        path = next(filter(os.path.exists, self._PATHS), None)
        self._file = None if path is None else os.open(path, os.O_RDONLY | os.O_CLOEXEC)

    def count(self):
        found = self._file is not None and self._LINE.search(os.pread(self._file, 4096, 0))
        return int(found[1]) if found else 0


def processes():
    """How many there are in this PID namespace."""
    return sum(map(str.isdigit, os.listdir("/proc")))


def is_zombie(pid):
    try:
        with open("/proc/%s/stat" % pid, "rb") as file:
            return file.read().rpartition(b")")[2].split()[0] in (b"Z", b"X")
    except (OSError, IndexError):
        return True


def starved(pid):
    """Seconds that the threads of a process were ready to run and waited for a processor; 0 where the kernel does not say."""
    waited = 0
    try:
        for task in os.listdir("/proc/%s/task" % pid):
            with open("/proc/%s/task/%s/schedstat" % (pid, task)) as file:
                waited += int(file.read().split()[1])
    except (OSError, IndexError, ValueError):
        pass
    return waited / 1e9
