"""System calls that the standard library lacks, by way of ctypes."""

import contextlib
import ctypes
import errno
import fcntl
import os
import select
import signal
import socket
import struct

# Called without letting go of the interpreter, which would touch, and so copy, more pages of a slot. Nobody here has threads.
_libc = ctypes.PyDLL(None)
_libc.__errno_location.restype = ctypes.POINTER(ctypes.c_int)

CLONE_NEWNS = 0x00020000
CLONE_NEWCGROUP = 0x02000000
CLONE_NEWUTS = 0x04000000
CLONE_NEWIPC = 0x08000000
CLONE_NEWUSER = 0x10000000
CLONE_NEWPID = 0x20000000
CLONE_NEWNET = 0x40000000

MNT_DETACH = 2

MS_RDONLY, MS_NOSUID, MS_NODEV, MS_NOEXEC, MS_REMOUNT, MS_NOATIME, MS_BIND, MS_REC, MS_PRIVATE = (
    0x1, 0x2, 0x4, 0x8, 0x20, 0x400, 0x1000, 0x4000, 0x40000,
)  # fmt: skip

CAP_KILL, CAP_SETGID, CAP_SETUID = 5, 6, 7

_PR_SET_DUMPABLE = 4
_PR_SET_KEEPCAPS = 8
_PR_SET_SECCOMP = 22
_PR_CAPBSET_DROP = 24
_PR_SET_NO_NEW_PRIVS = 38
_PR_CAP_AMBIENT = 47
_PR_CAP_AMBIENT_RAISE, _PR_CAP_AMBIENT_CLEAR_ALL = 2, 4
_CAP_LAST = 40
_OPEN_MAX = os.sysconf("SC_OPEN_MAX")
_SECCOMP_MODE_FILTER = 2
_SIOCSIFFLAGS, _IFF_UP = 0x8914, 1
_MADV_COLLAPSE = 25
_HUGE_PAGE = 2 << 20
_COMPUTE_SECONDS = 1


def _check(result, call):
    if result != 0:
        number = _libc.__errno_location()[0]
        raise OSError(number, "%s: %s" % (call, os.strerror(number)))


def fork():
    """Like os.fork in a process of one thread, whose hooks of `threading` and `random` touch, and so copy, a hundred pages."""
    pid = _libc.fork()
    _check(min(pid, 0), "fork")
    return pid


def take_secret(name):
    """A variable of the environment, empty without it; wiped, since /proc shows the environment, in old gVisor to everybody."""
    value = os.environb.get(name.encode(), b"")
    if value:
        ctypes.memset(_libc.getenv(name.encode()), 0, len(value))
        del os.environb[name.encode()]
    return value


_libc.getenv.restype = ctypes.c_void_p


def unshare(flags):
    _check(_libc.unshare(ctypes.c_int(flags)), "unshare")


def mount(source, target, kind=None, flags=0, data=None):
    encode = lambda text: None if text is None else text.encode()  # noqa: E731
    result = _libc.mount(encode(source), encode(target), encode(kind), ctypes.c_ulong(flags), encode(data))
    _check(result, "mount %s" % target)


def unmount(target):
    """Takes a mount out of the tree at once; what still uses it keeps it alive and nothing else does."""
    _check(_libc.umount2(target.encode(), ctypes.c_int(MNT_DETACH)), "umount %s" % target)


def _prctl(option, first=0, second=0):
    return _libc.prctl(option, first, second, 0, 0)


_libc.prctl.argtypes = [ctypes.c_int] + [ctypes.c_ulong] * 4


def set_dumpable(dumpable):
    """A process that is not dumpable has its /proc entries and memory closed to others of its uid."""
    _check(_prctl(_PR_SET_DUMPABLE, 1 if dumpable else 0), "prctl(DUMPABLE)")


def drop_bounding_set():
    """Programs started from here on cannot gain a capability. Needs CAP_SETPCAP; without it nothing can be gained."""
    for capability in range(_CAP_LAST + 1):
        if _prctl(_PR_CAPBSET_DROP, capability) != 0:
            return


def _capset(permitted, inheritable):
    """Sets the effective and permitted set to one mask, the inheritable set to another."""
    words = [word for part in (0, 32) for word in (permitted >> part, permitted >> part, inheritable >> part)]
    data = ctypes.create_string_buffer(struct.pack("6I", *(word & 0xFFFFFFFF for word in words)))
    _check(_libc.capset(_CAPSET_HEADER, data), "capset")


_CAPSET_HEADER = ctypes.create_string_buffer(struct.pack("Ii", 0x20080522, 0))


_NO_CAPABILITIES = ctypes.create_string_buffer(24)


def drop_capabilities():
    """Gives up what is left after `keep_capabilities`, the ambient ones included: these are never more than the permitted."""
    _check(_libc.capset(_CAPSET_HEADER, _NO_CAPABILITIES), "capset")


def keep_capabilities(capabilities):
    """Gives up every other capability of this process, for good; what it executes has none."""
    _prctl(_PR_CAP_AMBIENT, _PR_CAP_AMBIENT_CLEAR_ALL)
    _capset(sum(1 << capability for capability in capabilities), 0)
    _check(_prctl(_PR_SET_NO_NEW_PRIVS, 1), "prctl(NO_NEW_PRIVS)")


def become(uid, gid, capabilities):
    """Changes from root to another user and keeps some capabilities, for this process and what it executes.

    Where the kernel cannot pass capabilities on to programs (old gVisor), the process stays root of its sandbox,
    with no more capabilities than these.
    """
    mask = sum(1 << capability for capability in capabilities)
    _check(_prctl(_PR_SET_KEEPCAPS, 1), "prctl(KEEPCAPS)")
    os.setgroups([])
    _capset(mask, mask)
    if any(_prctl(_PR_CAP_AMBIENT, _PR_CAP_AMBIENT_RAISE, capability) != 0 for capability in capabilities):
        return
    os.setresgid(gid, gid, gid)
    os.setresuid(uid, uid, uid)
    _capset(mask, mask)
    for capability in capabilities:
        _check(_prctl(_PR_CAP_AMBIENT, _PR_CAP_AMBIENT_RAISE, capability), "prctl(CAP_AMBIENT)")


@contextlib.contextmanager
def acting_as(user):
    """Touches files with the rights of another user, and of nobody else; None changes nothing."""
    if user is None:
        yield
        return
    uid, gid = os.geteuid(), os.getegid()
    os.setegid(user)
    os.seteuid(user)
    try:
        yield
    finally:
        os.seteuid(uid)
        os.setegid(gid)


def run_as(user, work):
    """Does `work` in a process of another user, where rights go by the process; PermissionError when it fails."""
    child = os.fork()
    if child == 0:
        status = 1
        try:
            os.setresgid(user, user, user)
            os.setresuid(user, user, user)
            work()
            status = 0
        finally:
            os._exit(status)
    if os.waitpid(child, 0)[1] not in (0, signal.SIGKILL):
        raise PermissionError("not even the user itself may")


def compute_as(user, function):
    """The natural number that `function` answers in a process of another user; None when it was stopped or ended first, as
    others of that user may do. TimeoutError when it has only been too slow: the machine may be busy."""
    reader, writer = os.pipe()
    child = os.fork()
    if child == 0:
        try:
            os.setresgid(user, user, user)
            os.setresuid(user, user, user)
            os.write(writer, b"%d" % function())
        finally:
            os._exit(0)
    os.close(writer)
    is_late = not select.select([reader], [], [], _COMPUTE_SECONDS)[0]
    answer = b"" if is_late else os.read(reader, 32)
    os.close(reader)
    if not os.waitpid(child, os.WUNTRACED | (os.WNOHANG if is_late else 0))[0]:
        raise TimeoutError("no answer in time")
    return int(answer) if answer else None


def has_capabilities(*capabilities):
    """Whether they are effective in the calling process."""
    with open("/proc/self/status") as file:
        mask = next(int(line.split()[1], 16) for line in file if line.startswith("CapEff:"))
    return all(mask >> capability & 1 for capability in capabilities)


def raise_loopback():
    """Brings the loopback interface of the present network namespace up, where the kernel lets that be told."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as any_socket:
        try:
            fcntl.ioctl(any_socket, _SIOCSIFFLAGS, struct.pack("16sh14x", b"lo", _IFF_UP))
        except OSError as error:
            if error.errno != errno.ENOTTY:  # gVisor
                raise


class SeccompProgram:
    """A BPF program in the form the kernel takes; built once, installed in every slot."""

    def __init__(self, instructions):
        packed = b"".join(struct.pack("HBBI", *instruction) for instruction in instructions)
        self._filter = ctypes.create_string_buffer(packed, len(packed))
        pointer = ctypes.addressof(self._filter)
        self._program = ctypes.create_string_buffer(struct.pack("HxxxxxxQ", len(instructions), pointer))

    def install(self):
        address = ctypes.addressof(self._program)
        _check(_prctl(_PR_SET_SECCOMP, _SECCOMP_MODE_FILTER, address), "prctl(SECCOMP)")


def gather_memory():
    """Moves this process's memory into huge pages where the kernel can: a fork copies one entry in place of 512, and so on."""
    with open("/proc/self/maps") as file:
        lines = file.readlines()
    for line in lines:
        span, rights, *_, name = line.split() + [""] * (6 - len(line.split()))
        if rights != "rw-p" or name not in ("", "[heap]"):
            continue
        start, end = (int(address, 16) for address in span.split("-"))
        start, end = -(-start // _HUGE_PAGE) * _HUGE_PAGE, end // _HUGE_PAGE * _HUGE_PAGE
        if start < end:
            # Refused by kernels before 6.1 and by gVisor, which does no harm.
            _libc.madvise(ctypes.c_void_p(start), ctypes.c_size_t(end - start), _MADV_COLLAPSE)


def close_above(lowest):
    """Closes every descriptor from `lowest` on."""
    os.closerange(lowest, _OPEN_MAX)
