"""System calls that the standard library lacks, by way of ctypes."""

import ctypes
import os
import struct

_libc = ctypes.CDLL(None, use_errno=True)

CLONE_NEWNS = 0x00020000
CLONE_NEWCGROUP = 0x02000000
CLONE_NEWUTS = 0x04000000
CLONE_NEWIPC = 0x08000000
CLONE_NEWUSER = 0x10000000
CLONE_NEWPID = 0x20000000
CLONE_NEWNET = 0x40000000

MS_RDONLY, MS_NOSUID, MS_NODEV, MS_NOEXEC, MS_REMOUNT, MS_BIND, MS_REC, MS_PRIVATE = (
    0x1, 0x2, 0x4, 0x8, 0x20, 0x1000, 0x4000, 0x40000,
)  # fmt: skip

_PR_SET_DUMPABLE = 4
_PR_SET_SECCOMP = 22
_PR_CAPBSET_DROP = 24
_PR_SET_NO_NEW_PRIVS = 38
_PR_CAP_AMBIENT = 47
_CAP_LAST = 40
_SECCOMP_MODE_FILTER = 2


def _check(result, call):
    if result != 0:
        number = ctypes.get_errno()
        raise OSError(number, "%s: %s" % (call, os.strerror(number)))


def unshare(flags):
    _check(_libc.unshare(ctypes.c_int(flags)), "unshare")


def mount(source, target, kind=None, flags=0, data=None):
    encode = lambda text: None if text is None else text.encode()  # noqa: E731
    result = _libc.mount(encode(source), encode(target), encode(kind), ctypes.c_ulong(flags), encode(data))
    _check(result, "mount %s" % target)


def _prctl(option, *arguments):
    padded = [ctypes.c_ulong(value) for value in (*arguments, 0, 0, 0, 0)[:4]]
    return _libc.prctl(ctypes.c_int(option), *padded)


def set_dumpable(dumpable):
    """A process that is not dumpable has its /proc entries and memory closed to others of its uid."""
    _check(_prctl(_PR_SET_DUMPABLE, 1 if dumpable else 0), "prctl(DUMPABLE)")


def drop_bounding_set():
    """Programs started from here on cannot gain a capability. Needs CAP_SETPCAP; without it nothing can be gained."""
    for capability in range(_CAP_LAST + 1):
        if _prctl(_PR_CAPBSET_DROP, capability) != 0:
            return


def drop_capabilities():
    """Gives up every capability of this process, for good."""
    _prctl(_PR_CAP_AMBIENT, 4)  # PR_CAP_AMBIENT_CLEAR_ALL
    header = ctypes.create_string_buffer(struct.pack("Ii", 0x20080522, 0))
    data = ctypes.create_string_buffer(struct.pack("6I", 0, 0, 0, 0, 0, 0))
    _check(_libc.capset(header, data), "capset")
    _check(_prctl(_PR_SET_NO_NEW_PRIVS, 1), "prctl(NO_NEW_PRIVS)")


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


def close_above(lowest):
    """Closes every descriptor from `lowest` on."""
    if hasattr(_libc, "close_range") and _libc.close_range(ctypes.c_uint(lowest), ctypes.c_uint(0xFFFFFFFF), 0) == 0:
        return
    os.closerange(lowest, os.sysconf("SC_OPEN_MAX"))
