"""The file system of a lane, and the scratch space that every slot of it gets afresh."""

import os
import re
import select

import linux

# Mounts of the container that all its lanes would share; the cgroup's files, which keep what slots before have used; where
# gVisor shows what the container was started with, the agent's secret too; a file that every container of a pod has, and
# everybody may write; and what Moby masks in containers (oci/defaults.go of 28.2), since a lane's /proc is a new one.
_COVERED = (
    "/dev/mqueue", "/dev/pts", "/sys/fs/cgroup", "/proc/gvisor", "/dev/termination-log",
    "/proc/asound", "/proc/acpi", "/proc/interrupts", "/proc/kcore", "/proc/keys", "/proc/latency_stats",
    "/proc/timer_list", "/proc/timer_stats", "/proc/sched_debug", "/proc/scsi", "/sys/firmware",
    "/sys/devices/virtual/powercap",
)  # fmt: skip
# Moby masks a part of each: `thermal_throttle`.
_PROCESSORS = "/sys/devices/system/cpu"
_PLAIN = linux.MS_NOSUID | linux.MS_NODEV
# They may not be taken from a mount that is changed.
_KEPT_FLAGS = {"nosuid": linux.MS_NOSUID, "nodev": linux.MS_NODEV, "noexec": linux.MS_NOEXEC}
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


def protect_mounts():
    """Once per lane: everything that is mounted is read-only from here on, /proc and /dev included.

    So no program takes itself out of the kernel's preference when memory runs out, and not even the time at which a device
    was last looked up is left for the next.
    """
    processors = os.listdir(_PROCESSORS) if os.path.isdir(_PROCESSORS) else ()
    for place in (*_COVERED, *("%s/%s/thermal_throttle" % (_PROCESSORS, name) for name in processors)):
        if os.path.isdir(place):
            linux.mount("tmpfs", place, "tmpfs", _PLAIN | linux.MS_RDONLY, "size=4k,nr_inodes=2")
        elif os.path.exists(place):
            linux.mount("/dev/null", place, None, linux.MS_BIND)
    with open("/proc/self/mountinfo") as file:
        # Where mounts cover others, the last is the one in sight.
        mounts = {line.split()[4]: line.split()[5].split(",") for line in file}
    out_of_sight = tuple(place + "/" for place in _COVERED)
    for place, options in mounts.items():
        kept = sum(flag for name, flag in _KEPT_FLAGS.items() if name in options)
        if "rw" in options and not place.startswith(out_of_sight):
            place = place.encode().decode("unicode_escape")
            linux.mount(None, place, None, linux.MS_REMOUNT | linux.MS_BIND | linux.MS_RDONLY | kept)


# More than an unused lane's longest table has.
_TABLE_BYTES = 16384
_TIME_WAIT = re.compile(rb"tw (\d+)")


class ProcessCounter:
    """The last process number of this namespace. Set back before each slot, else it told how many its predecessors made."""

    def __init__(self):
        # By a mount of its own, gone when it is open: the lane's /proc gets read-only.
        linux.mount("proc", "/tmp", "proc", _PLAIN | linux.MS_NOEXEC)
        try:
            self._file = os.open("/tmp/sys/kernel/ns_last_pid", os.O_RDWR | os.O_CLOEXEC)
        except OSError:
            self._file = None  # a kernel without checkpoints, or gVisor
        linux.unmount("/tmp")

    def reset(self, number):
        if self._file is not None:
            os.pwrite(self._file, b"%d" % number, 0)

    def tells_of(self, before, now):
        """Whether the numbers of two slots in a row tell more than that there was one before."""
        return self._file is None and before is not None and now > before + 1

    def last(self):
        """The number of the process that was made last; None where the kernel does not say."""
        return None if self._file is None else int(os.pread(self._file, 16, 0))


class Scratch:
    """One tmpfs with caps on bytes and inodes, seen as /workspace, /tmp and /dev/shm; as good as new for every slot.

    It is mounted afresh unless the slot before has not touched it, as most have not: mounts wait for the kernel's locks
    and grace periods (docs/decisions/0007-scratch-space-that-nobody-touched.md).
    """

    def __init__(self, size, inodes):
        self._options = "size=%d,nr_inodes=%d,mode=0755" % (size, inodes)
        self._places = [(name, place) for name, place in _PLACES if os.path.isdir(place)]
        # The folder that holds the three, hidden from the slots by one of them; None before the first mount.
        self._root = None
        self._folders = self._space = self._inode = None

    def renew(self, owner):
        """An empty scratch space that belongs to the user `owner` (None: the caller)."""
        if self._root is None or self._is_touched():
            self._discard()
            self._mount()
        if owner:
            for name, _ in self._places:
                os.chown(name, owner, owner, dir_fd=self._root)
        self._folders = self._look_at_folders()

    def _mount(self):
        linux.mount("tmpfs", "/tmp", "tmpfs", _PLAIN | linux.MS_NOATIME, self._options)
        self._root = os.open("/tmp", os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
        for name, place in self._places:
            os.mkdir(name, 0o700, dir_fd=self._root)
        for name, place in self._places:
            linux.mount("/tmp/" + name, place, None, linux.MS_BIND)
        self._space, self._inode = self._free_space(), self._next_inode()

    def _is_touched(self):
        """Whether anything was made, changed or removed, even for a moment."""
        before, self._inode = self._inode, self._next_inode()
        return (
            self._inode != before + 1
            or self._look_at_folders() != self._folders
            or self._free_space() != self._space
            or any(os.listxattr(place) for _, place in self._places)
        )

    def _look_at_folders(self):
        looks = [os.stat(name, dir_fd=self._root) for name, _ in self._places]
        return [(it.st_mode, it.st_uid, it.st_gid, it.st_ctime_ns, it.st_mtime_ns, it.st_atime_ns) for it in looks]

    def _free_space(self):
        space = os.fstatvfs(self._root)
        return space.f_bfree, space.f_ffree

    def _next_inode(self):
        """A tmpfs numbers what is made in it: a gap tells of things that are gone."""
        os.mkdir("probe", 0o700, dir_fd=self._root)
        number = os.stat("probe", dir_fd=self._root).st_ino
        os.rmdir("probe", dir_fd=self._root)
        return number

    def _discard(self):
        if self._root is None:
            return
        os.close(self._root)
        # /tmp twice: the folder that covers it, then the tmpfs below.
        for _, place in reversed(self._places):
            linux.unmount(place)
        linux.unmount("/tmp")
        self._root = None


class Leftovers:
    """What one slot could leave in its lane for the next. A lane in which something is found serves no more."""

    # The counters are of everything that has been tried, also where nothing was sent.
    _TABLES = ("sockstat", "sockstat6", "dev", "snmp", "snmp6", "netstat", "rt6_stats")
    _OBJECTS = ("shm", "sem", "msg")

    def __init__(self):
        # Open for the lane's life: a read from the start is a fresh look.
        paths = ["/proc/net/" + name for name in self._TABLES] + ["/proc/sysvipc/" + name for name in self._OBJECTS]
        self._files = [os.open(path, os.O_RDONLY | os.O_CLOEXEC) for path in paths if os.path.exists(path)]
        self._raw = self._read()
        self._known = list(map(_settled, self._raw))
        self._mounts = os.open("/proc/self/mountinfo", os.O_RDONLY | os.O_CLOEXEC)
        self._poll = select.poll()
        self._poll.register(self._mounts, select.POLLPRI)

    def expect_mounts(self):
        """From here on no mount may change."""
        self._poll.poll(0)

    def found(self):
        """Whether sockets, IPC objects or mounts differ from an unused lane."""
        if self._poll.poll(0):
            return True
        raw = self._read()
        if raw == self._raw:
            return False
        self._raw = raw
        return list(map(_settled, raw)) != self._known

    def _read(self):
        return [os.pread(file, _TABLE_BYTES, 0) for file in self._files]


def _settled(table):
    """A table without what the kernel counts for the whole machine: orphans and memory of sockets."""
    if not table.startswith(b"sockets:"):
        return table
    return [line.split()[:3] + [field for field in _TIME_WAIT.findall(line)] for line in table.splitlines()]
