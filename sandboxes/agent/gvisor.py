"""What gVisor holds for all programs together and counts as nobody's: pipes, buffers of sockets, descriptors in flight, locks,
timers. Kernels that limit such things themselves say nothing here, and nobody is charged.
"""

import os

_MEMORY = "/proc/sentry-meminfo"
# What a descriptor may stand for: a socket's buffers, thousands of locks.
_PER_DESCRIPTOR = 4 << 20
_STANDARD = 3
# Processor seconds: of whoever fills a kernel, more than of those beside it; and below which nobody has.
_FILLING_SECONDS, _LEAST_SECONDS = 0.3, 0.1
# Bytes between two samples that are more than what honest work leaves to be collected.
_GROWING = 256 << 10


def is_here():
    """Whether this is gVisor's kernel."""
    return os.path.exists(_MEMORY)


class Kernel:
    """The kernel of the sandbox, as a lane sees it."""

    def __init__(self):
        # Open for good: it is asked in every sample.
        try:
            self._file = os.open(_MEMORY, os.O_RDONLY | os.O_CLOEXEC)
        except OSError:
            self._file = None
        #: Far more than honest programs have it hold, far less than what would end the sandbox.
        self.too_much = os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE") // 4

    def held(self):
        """Bytes; None where it does not say."""
        return None if self._file is None else int(os.pread(self._file, 64, 0).split()[1]) << 10

    def is_filling(self):
        """Whether it holds so much that the sandbox had better get no more work: what is left over would add up."""
        return (self.held() or 0) > self.too_much // 2


class Growth:
    """What it has come to hold since a run began."""

    def __init__(self, kernel, limit):
        """`limit`: the run's, of memory; below it nobody is charged."""
        self._kernel = kernel
        self._limit = limit
        self._least, self._last = None, 0
        #: What the run was charged with may have been another's.
        self.in_doubt = False

    def charge(self, cpu, pids):
        """Bytes that could be the doing of a run that has used `cpu` seconds and has the processes `pids()`.

        Descriptors that are in flight between sockets show nowhere, and timers need none. So when it has become too
        much and still grows, those who worked meanwhile are charged with it, in the end whoever did anything: else the
        sandbox ends, with everybody in it. What nobody holds any more counts until gVisor collects it, minutes later.
        """
        held = self._kernel.held()
        if held is None:
            return 0
        self._least = held if self._least is None else min(held, self._least)
        grown, recently = held - self._least, held - self._last
        self._last = held
        if grown <= self._limit:
            return 0
        too_much = self._kernel.too_much
        if held <= too_much * 5 // 4:
            grown = min(grown, self._could_stand_for(pids()))
        elif held <= too_much * 3 // 2:
            grown = grown if cpu > _FILLING_SECONDS and recently > _GROWING else 0
        elif cpu < _LEAST_SECONDS:
            grown = 0
        self.in_doubt = grown > self._limit
        return grown

    def _could_stand_for(self, pids):
        """Bytes that these processes' descriptors could make it hold, at most."""
        total = 0
        for pid in pids:
            try:
                total += max(0, len(os.listdir("/proc/%s/fd" % pid)) - _STANDARD) * _PER_DESCRIPTOR
            except PermissionError:
                return self._kernel.too_much  # it has closed its account
            except OSError:
                pass  # it has ended meanwhile
        return total
