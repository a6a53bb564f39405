"""The filter under which every candidate runs. It is installed before a byte of the candidate is parsed.

The container's own profile lets the agent make namespaces and mounts; this one takes that away again, together
with what widens the kernel's surface or reaches other processes. Refused calls fail with EPERM (ENOSYS for clone3,
so that libc falls back to clone, whose flags can be read here).
"""

import errno
import os

from linux import SeccompProgram

_LD_W_ABS, _JEQ_K, _JSET_K, _JGT_K, _RET_K = 0x20, 0x15, 0x45, 0x25, 0x06
_ALLOW, _ERRNO, _KILL = 0x7FFF0000, 0x00050000, 0x80000000
_NR, _ARCH, _ARG0, _ARG1 = 0, 4, 16, 24

_NAMESPACE_FLAGS = 0x7E020080  # every CLONE_NEW*, time namespace included
_TERMINAL_INPUT = (0x5412, 0x541C)  # TIOCSTI, TIOCLINUX
_FAMILIES = (1, 2, 10)  # AF_UNIX, AF_INET, AF_INET6: the lane's own loopback and nothing else

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
    "memfd_secret": (447, 447),
    # Memory that belongs to no process: nobody's limit counts it. Anonymous shared mappings are counted.
    "memfd_create": (319, 279), "shmget": (29, 194), "msgget": (68, 186),
}  # fmt: skip

_ARCHITECTURES = {
    # Audit architecture and the numbers of clone, clone3, socket, ioctl, prlimit64.
    "x86_64": (0xC000003E, 56, 435, 41, 16, 302),
    "aarch64": (0xC00000B7, 220, 435, 198, 29, 261),
}


def build(machine=None):
    """The program for this machine's architecture; KeyError where there is none."""
    machine = machine or os.uname().machine
    column = 0 if machine == "x86_64" else 1
    arch, clone, clone3, socket, ioctl, prlimit = _ARCHITECTURES[machine]
    eperm = _ERRNO | errno.EPERM

    program = [
        (_LD_W_ABS, 0, 0, _ARCH),
        (_JEQ_K, 1, 0, arch),
        (_RET_K, 0, 0, _KILL),
        (_LD_W_ABS, 0, 0, _NR),
    ]
    if machine == "x86_64":  # the x32 ABI has numbers of its own for the same calls
        program += [(_JGT_K, 0, 1, 0x3FFFFFFF), (_RET_K, 0, 0, _KILL)]
    for numbers in _REFUSED.values():
        if numbers[column] is not None:
            program += [(_JEQ_K, 0, 1, numbers[column]), (_RET_K, 0, 0, eperm)]
    program += [(_JEQ_K, 0, 1, clone3), (_RET_K, 0, 0, _ERRNO | errno.ENOSYS)]
    program += [(_JEQ_K, 0, 4, clone), (_LD_W_ABS, 0, 0, _ARG0), (_JSET_K, 0, 1, _NAMESPACE_FLAGS)]
    program += [(_RET_K, 0, 0, eperm), (_RET_K, 0, 0, _ALLOW)]
    # Limits of other processes, the lane's first of all, are not the candidate's to set: only pid 0, itself.
    program += [(_JEQ_K, 0, 4, prlimit), (_LD_W_ABS, 0, 0, _ARG0), (_JEQ_K, 1, 0, 0)]
    program += [(_RET_K, 0, 0, eperm), (_RET_K, 0, 0, _ALLOW)]
    program += [(_JEQ_K, 0, 3 + len(_FAMILIES), socket), (_LD_W_ABS, 0, 0, _ARG0)]
    program += [(_JEQ_K, len(_FAMILIES) - i, 0, family) for i, family in enumerate(_FAMILIES)]
    program += [(_RET_K, 0, 0, _ERRNO | errno.EAFNOSUPPORT), (_RET_K, 0, 0, _ALLOW)]
    program += [(_JEQ_K, 0, 5, ioctl), (_LD_W_ABS, 0, 0, _ARG1)]
    program += [(_JEQ_K, 1, 0, _TERMINAL_INPUT[0]), (_JEQ_K, 0, 1, _TERMINAL_INPUT[1])]
    program += [(_RET_K, 0, 0, eperm), (_RET_K, 0, 0, _ALLOW)]
    program += [(_RET_K, 0, 0, _ALLOW)]
    return SeccompProgram(program)
