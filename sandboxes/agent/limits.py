"""The rlimits of a slot: those of all slots by way of their zygote, a run's own from outside while the slot waits."""

import resource

_PYTHON_STACK = 120 << 20
_OTHER_STACK = 64 << 20
_RESERVE = 1 << 30
_SAME_FOR_ALL = {
    resource.RLIMIT_CORE: 0,
    resource.RLIMIT_MEMLOCK: 1 << 16,
    resource.RLIMIT_MSGQUEUE: 0,
    resource.RLIMIT_RTPRIO: 0,
    resource.RLIMIT_NICE: 0,
    resource.RLIMIT_SIGPENDING: 1024,
}
_MOST_SECONDS = 1 << 30


def apply_to_all():
    """Lowers those limits of the calling process that every slot has; they are passed on."""
    for which, value in _SAME_FOR_ALL.items():
        try:
            resource.setrlimit(which, (_below(which, value),) * 2)
        except (PermissionError, ValueError):
            pass  # gVisor has most of them in name only: what they bound does not exist there


def apply(pid, limits, held, processes, whole_life=False):
    """Lowers the limits of process `pid`, never above those of the caller.

    Sampling holds the memory limit, since programs may reserve more than they touch; a warm interpreter is told early
    of what it could never have. `held`: bytes of data that it held before; None for a program of its own (JVM, Go,
    sanitizers reserve without measure). `processes`: how many its user may have, others included; None where the
    kernel would count those of other sandboxes, too, and sampling alone holds the limit. `whole_life`: the processor
    time is metered per call and not by the kernel.
    """
    data = resource.RLIM_INFINITY if held is None else limits["memory_bytes"] + _RESERVE + held
    # The lane's sampling counts the processor time of all processes; this is the net below it, two seconds above.
    seconds = _MOST_SECONDS if whole_life else limits["cpu_ms"] // 1000 + 2
    wanted = [
        (resource.RLIMIT_STACK, _OTHER_STACK if held is None else _PYTHON_STACK, None),
        (resource.RLIMIT_NOFILE, limits["open_files"], limits["open_files"]),
        (resource.RLIMIT_FSIZE, limits["disk_bytes"], limits["disk_bytes"]),
        (resource.RLIMIT_CPU, seconds, seconds + 1),
        (resource.RLIMIT_DATA, data, data),
    ]
    if processes is not None:
        wanted.append((resource.RLIMIT_NPROC, processes, processes))
    for which, soft, hard in wanted:
        resource.prlimit(pid, which, (_below(which, soft), _below(which, soft if hard is None else hard)))


def _below(which, value):
    ceiling = _ceilings.get(which)
    if ceiling is None:
        ceiling = _ceilings[which] = resource.getrlimit(which)[1]
    if ceiling == resource.RLIM_INFINITY or value == resource.RLIM_INFINITY:
        return ceiling if value == resource.RLIM_INFINITY else value
    return min(value, ceiling)


_ceilings = {}
