"""The file system of a lane, and the scratch space that every slot of it gets afresh."""

import os
import re

import linux

# Mounts of the container that all its lanes would share.
_COVERED = ("/dev/mqueue", "/dev/pts")
# A file that every container of a pod has, and everybody may write.
_LAST_MESSAGE = "/dev/termination-log"
_PLAIN = linux.MS_NOSUID | linux.MS_NODEV
# Where the scratch space shows, in the order of mounting; the last covers the tmpfs itself.
_PLACES = (("workspace", "/workspace"), ("shm", "/dev/shm"), ("tmp", "/tmp"))


def seclude(trusted_group):
    """Once per lane: private mounts, its own /proc, nothing shared.

    `trusted_group`: only its members see other users' processes; None where all have one user. Answers the counter
    of process numbers.
    """
    linux.mount(None, "/", None, linux.MS_REC | linux.MS_PRIVATE)
    hidden = None if trusted_group is None else "hidepid=2,gid=%d" % trusted_group
    linux.mount("proc", "/proc", "proc", _PLAIN | linux.MS_NOEXEC, hidden)
    return ProcessCounter()


def bound_sockets():
    """Once per lane: what its loopback keeps in flight belongs to no process, so it is kept small."""
    for name in ("tcp_rmem", "tcp_wmem"):
        try:
            with open("/proc/sys/net/ipv4/" + name, "w") as file:
                file.write("4096 16384 65536")
        except OSError:
            pass  # gVisor keeps its own measure


def protect_proc():
    """Read-only, so that no program takes itself out of the kernel's preference when memory runs out."""
    linux.mount(None, "/proc", None, linux.MS_REMOUNT | linux.MS_BIND | linux.MS_RDONLY | _PLAIN | linux.MS_NOEXEC)
    for place in _COVERED:
        if os.path.isdir(place):
            linux.mount("tmpfs", place, "tmpfs", _PLAIN | linux.MS_RDONLY, "size=4k,nr_inodes=2")
    if os.path.exists(_LAST_MESSAGE):
        linux.mount("/dev/null", _LAST_MESSAGE, None, linux.MS_BIND)


_TIME_WAIT = re.compile(rb"tw (\d+)")


class ProcessCounter:
    """The last process number of this namespace. Set back before each slot, else it told how many its predecessors made."""

    def __init__(self):
        # By a mount of its own, gone when it is open: the lane's /proc gets read-only.
        linux.mount("proc", "/tmp", "proc", _PLAIN | linux.MS_NOEXEC)
        try:
            self._file = os.open("/tmp/sys/kernel/ns_last_pid", os.O_WRONLY | os.O_CLOEXEC)
        except OSError:
            self._file = None  # a kernel without checkpoints, or gVisor
        linux.unmount("/tmp")

    def reset(self, number):
        if self._file is not None:
            os.pwrite(self._file, b"%d" % number, 0)


class Scratch:
    """One tmpfs with caps on bytes and inodes, seen as /workspace, /tmp and /dev/shm; renewed for every slot."""

    def __init__(self, size, inodes):
        self._options = "size=%d,nr_inodes=%d,mode=0755" % (size, inodes)
        self._places = [(name, place) for name, place in _PLACES if os.path.isdir(place)]
        self._mounted = False

    def renew(self, owner):
        """An empty scratch space that belongs to the user `owner` (None: the caller)."""
        self.discard()
        linux.mount("tmpfs", "/tmp", "tmpfs", _PLAIN, self._options)
        self._mounted = True
        for name, place in self._places:
            os.mkdir("/tmp/" + name, 0o700)
            if owner:
                os.chown("/tmp/" + name, owner, owner)
        for name, place in self._places:
            linux.mount("/tmp/" + name, place, None, linux.MS_BIND)

    def discard(self):
        if not self._mounted:
            return
        os.chdir("/")
        # /tmp twice: the folder that covers it, then the tmpfs below.
        for _, place in reversed(self._places):
            linux.unmount(place)
        linux.unmount("/tmp")
        self._mounted = False


class Leftovers:
    """What one slot could leave in its lane for the next. A lane in which something is found serves no more."""

    _TABLES = ("/proc/sysvipc/shm", "/proc/sysvipc/sem", "/proc/sysvipc/msg")

    def __init__(self):
        # Open for the lane's life: a read from the start is a fresh look.
        self._files = [os.open(path, os.O_RDONLY | os.O_CLOEXEC) for path in self._paths()]
        self._known = self._look()

    def found(self):
        """Whether sockets, IPC objects or mounts differ from an unused lane."""
        return self._look() != self._known

    def _paths(self):
        paths = ["/proc/self/mountinfo", "/proc/net/sockstat", "/proc/net/sockstat6", "/proc/net/dev", *self._TABLES]
        return [path for path in paths if os.path.exists(path)]

    def _look(self):
        mounts, *sockets_and_objects = [os.pread(file, 1 << 16, 0) for file in self._files]
        return [mounts.count(b"\n"), *map(_settled, sockets_and_objects)]


def _settled(table):
    """A table without what the kernel counts for the whole machine: orphans and memory of sockets."""
    if b"TCP" not in table:
        return table
    return [line.split()[:3] + [field for field in _TIME_WAIT.findall(line)] for line in table.splitlines()]
