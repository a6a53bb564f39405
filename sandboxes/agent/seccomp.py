"""The filter under which every candidate runs. It is installed before a byte of the candidate is parsed.

The container's own profile lets the agent make namespaces and mounts; this one takes that away again, together
with what widens the kernel's surface or reaches other processes. Refused calls fail with EPERM; with ENOSYS where
programs have something to fall back to (libc's clone3 becomes clone, whose flags can be read here).
"""

import errno
import os

from linux import SeccompProgram

_LD_W_ABS, _JEQ_K, _JSET_K, _JGT_K, _RET_K = 0x20, 0x15, 0x45, 0x25, 0x06
_ALLOW, _ERRNO, _KILL = 0x7FFF0000, 0x00050000, 0x80000000
_NR, _ARCH, _ARG0, _ARG1, _ARG2, _ARG3 = 0, 4, 16, 24, 32, 40

_NAMESPACE_FLAGS = 0x7E020080  # every CLONE_NEW*, time namespace included
_TERMINAL_INPUT = (0x5412, 0x541C)  # TIOCSTI, TIOCLINUX
# FS_IOC_SETFLAGS, FS_IOC_FSSETXATTR: marks on a folder that its times may not tell of.
_FILE_FLAGS = (0x40086602, 0x401C5820)
_LOCAL_FAMILIES = (1,)  # AF_UNIX
_FAMILIES = (*_LOCAL_FAMILIES, 2, 10)  # AF_INET, AF_INET6: the lane's own loopback and nothing else

# Name: (x86_64, aarch64); None where the architecture lacks it.
_REFUSED = {
    "ptrace": (101, 117), "process_vm_readv": (310, 270), "process_vm_writev": (311, 271), "kcmp": (312, 272),
    "pidfd_getfd": (438, 438), "process_madvise": (440, 440),
    "unshare": (272, 97), "setns": (308, 268), "mount": (165, 40), "umount2": (166, 39), "pivot_root": (155, 41),
    "chroot": (161, 51), "open_tree": (428, 428), "move_mount": (429, 429), "fsopen": (430, 430),
    "fsconfig": (431, 431), "fsmount": (432, 432), "fspick": (433, 433), "mount_setattr": (442, 442),
    "open_by_handle_at": (304, 265), "name_to_handle_at": (303, 264),
    "keyctl": (250, 219), "add_key": (248, 217), "request_key": (249, 218),
    "bpf": (321, 280), "perf_event_open": (298, 241), "userfaultfd": (323, 282),
    "io_uring_setup": (425, 425), "io_uring_enter": (426, 426), "io_uring_register": (427, 427),
    "kexec_load": (246, 104), "kexec_file_load": (320, 294), "reboot": (169, 142),
    "init_module": (175, 105), "finit_module": (313, 273), "delete_module": (176, 106),
    "swapon": (167, 224), "swapoff": (168, 225), "acct": (163, 89), "quotactl": (179, 60), "syslog": (103, 116),
    "settimeofday": (164, 170), "clock_settime": (227, 112), "adjtimex": (159, 171), "clock_adjtime": (305, 266),
    "sethostname": (170, 161), "setdomainname": (171, 162), "iopl": (172, None), "ioperm": (173, None),
    "modify_ldt": (154, None), "personality": (135, 92), "vhangup": (153, 58), "lookup_dcookie": (212, 18),
    "fanotify_init": (300, 262), "vmsplice": (278, 75), "seccomp": (317, 277),
    "sched_setaffinity": (203, 122), "sched_setscheduler": (144, 119), "sched_setparam": (142, 118),
    "sched_setattr": (314, 274), "setpriority": (141, 140), "ioprio_set": (251, 30),
    "mbind": (237, 235), "set_mempolicy": (238, 237), "migrate_pages": (256, 238), "move_pages": (279, 239),
    "memfd_secret": (447, 447), "set_mempolicy_home_node": (450, 450),
    # Memory that belongs to no process: nobody's limit counts it. Anonymous shared mappings are counted.
    "memfd_create": (319, 279), "shmget": (29, 194), "msgget": (68, 186), "semget": (64, 190), "mq_open": (240, 180),
    # Counted for the whole machine: asynchronous I/O contexts.
    "io_setup": (206, 0), "io_submit": (209, 2), "io_getevents": (208, 4), "io_destroy": (207, 1), "io_cancel": (210, 3),
    "io_pgetevents": (333, 292),
}  # fmt: skip

# Refused as if the kernel lacked them, so that programs fall back: watches tell what neighbours open and are counted
# for all of them together; rule sets are memory that belongs to no process.
_ABSENT = {
    "inotify_init": (253, None), "inotify_init1": (294, 26), "clone3": (435, 435),
    "landlock_create_ruleset": (444, 444), "landlock_add_rule": (445, 445), "landlock_restrict_self": (446, 446),
}  # fmt: skip
# Numbers are common to all architectures from 424 on. What is newer than this list has not been looked at.
_NEWEST = 456

# Calls that make nodes, and their argument that says of what kind.
_NODES = (((133, None), _ARG1), ((259, 33), _ARG2))
_DEVICE = 0o020000  # the bit of S_IFCHR and S_IFBLK that other kinds lack

_SOL_SOCKET, _SOL_IPV6 = 1, 41
_FLOW_LABELS = 32  # IPV6_FLOWLABEL_MGR: they outlive their sockets by a minute
_DONTNEED = 4  # POSIX_FADV_DONTNEED
# Buffers of any size would belong to no process: SO_SNDBUF, SO_RCVBUF, SO_SNDBUFFORCE, SO_RCVBUFFORCE.
_BUFFER_SIZES = (7, 8, 32, 33)
_TCP, _TCP_ULP = 6, 31  # what may have the kernel load a module; gVisor takes any name for it
_PROTOCOLS = (0, 6, 17)  # the family's own, TCP, UDP: others are modules that nobody asked for
# Calls that can send descriptors along: what only such keep alive, in a circle, gVisor never frees.
_SEND_DESCRIPTORS = ((46, 211), (307, 269))  # sendmsg, sendmmsg
_OPEN_FILE_LOCKS = (36, 37, 38)  # F_OFD_*: seen by every namespace

_ARCHITECTURES = {
    # Audit architecture and the numbers of clone, socket, socketpair, ioctl, prlimit64, setsockopt, fcntl, fadvise64.
    "x86_64": (0xC000003E, 56, 41, 53, 16, 302, 54, 72, 221),
    "aarch64": (0xC00000B7, 220, 198, 199, 29, 261, 208, 25, 223),
}


def build(networked=True, sends_descriptors=True, machine=None):
    """The program for this machine's architecture; KeyError where there is none.

    `networked`: sockets of the internet families may be made, for the loopback that is there.
    `sends_descriptors`: descriptors may be sent through sockets.
    """
    machine = machine or os.uname().machine
    column = 0 if machine == "x86_64" else 1
    arch, clone, socket, socketpair, ioctl, prlimit, setsockopt, fcntl, fadvise = _ARCHITECTURES[machine]
    eperm, enosys = _ERRNO | errno.EPERM, _ERRNO | errno.ENOSYS

    program = [
        (_LD_W_ABS, 0, 0, _ARCH),
        (_JEQ_K, 1, 0, arch),
        (_RET_K, 0, 0, _KILL),
        (_LD_W_ABS, 0, 0, _NR),
    ]
    if machine == "x86_64":  # the x32 ABI has numbers of its own for the same calls
        program += [(_JGT_K, 0, 1, 0x3FFFFFFF), (_RET_K, 0, 0, _KILL)]
    program += [(_JGT_K, 0, 1, _NEWEST), (_RET_K, 0, 0, enosys)]
    for table, answer in ((_REFUSED, eperm), (_ABSENT, enosys)):
        for numbers in table.values():
            if numbers[column] is not None:
                program += [(_JEQ_K, 0, 1, numbers[column]), (_RET_K, 0, 0, answer)]
    program += _when(clone, [(_LD_W_ABS, 0, 0, _ARG0), (_JSET_K, 0, 1, _NAMESPACE_FLAGS), (_RET_K, 0, 0, eperm)])
    # Limits of other processes, the lane's first of all, are not the candidate's to set: only pid 0, itself.
    program += _when(prlimit, [(_LD_W_ABS, 0, 0, _ARG0), (_JEQ_K, 1, 0, 0), (_RET_K, 0, 0, eperm)])
    unknown = _ERRNO | errno.EAFNOSUPPORT
    families = _FAMILIES if networked else _LOCAL_FAMILIES
    program += _when(socket, [*_unless_among(_ARG0, families, unknown), *_unless_among(_ARG2, _PROTOCOLS, unknown)])
    # Only local ones can be made in pairs; other families are looked for, and loaded, before they are refused.
    program += _when(socketpair, _unless_among(_ARG0, _LOCAL_FAMILIES, unknown))
    flags = _if_among(_ARG1, _FILE_FLAGS, _ERRNO | errno.ENOTTY)
    program += _when(ioctl, [*_if_among(_ARG1, _TERMINAL_INPUT, eperm), *flags])
    # gVisor of 2022 lets anybody make those of its own devices.
    for numbers, kind in _NODES:
        if numbers[column] is not None:
            refuse = [(_LD_W_ABS, 0, 0, kind), (_JSET_K, 0, 1, _DEVICE), (_RET_K, 0, 0, eperm)]
            program += _when(numbers[column], refuse)
    if not sends_descriptors:
        for numbers in _SEND_DESCRIPTORS:
            program += _when(numbers[column], [(_RET_K, 0, 0, eperm)])
    program += _when(fcntl, _if_among(_ARG1, _OPEN_FILE_LOCKS, _ERRNO | errno.EINVAL))
    absent = _ERRNO | errno.ENOPROTOOPT
    modules = [(_LD_W_ABS, 0, 0, _ARG1), (_JEQ_K, 0, 3, _TCP), *_if_among(_ARG2, (_TCP_ULP,), absent)]
    # A hint, and taken as one: the call succeeds and changes nothing.
    sizes = [(_LD_W_ABS, 0, 0, _ARG1), (_JEQ_K, 0, 2 + len(_BUFFER_SIZES), _SOL_SOCKET)]
    labels = [(_LD_W_ABS, 0, 0, _ARG1), (_JEQ_K, 0, 3, _SOL_IPV6), *_if_among(_ARG2, (_FLOW_LABELS,), eperm)]
    program += _when(setsockopt, [*modules, *labels, *sizes, *_if_among(_ARG2, _BUFFER_SIZES, _ERRNO)])
    # Whether a page of the image is in memory would tell everybody who reads it that somebody had it dropped.
    program += _when(fadvise, _if_among(_ARG3, (_DONTNEED,), _ERRNO))
    program += [(_RET_K, 0, 0, _ALLOW)]
    return SeccompProgram(program)


def _when(number, body):
    """Runs `body` for one call, and allows what falls through it. The call's number is loaded, and stays so for others."""
    return [(_JEQ_K, 0, len(body) + 1, number), *body, (_RET_K, 0, 0, _ALLOW)]


def _if_among(argument, values, answer):
    """Answers when the argument is one of `values`, else falls through."""
    jumps = [(_JEQ_K, len(values) - 1 - i, 1 if i == len(values) - 1 else 0, value) for i, value in enumerate(values)]
    return [(_LD_W_ABS, 0, 0, argument), *jumps, (_RET_K, 0, 0, answer)]


def _unless_among(argument, values, answer):
    """Answers when the argument is none of `values`, else falls through."""
    jumps = [(_JEQ_K, len(values) - i, 0, value) for i, value in enumerate(values)]
    return [(_LD_W_ABS, 0, 0, argument), *jumps, (_RET_K, 0, 0, answer)]
