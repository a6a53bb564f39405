"""The processes of a lane: the zygote, the slot, and whatever the slot has started. Ending and reaping them."""

import os
import signal
import time

import accounting
import linux
from zygote import Zygote

# Status, processor seconds and peak of a slot of which nobody can tell any more.
_KILLED = (signal.SIGKILL, 0.0, 0)
_WORD_SECONDS = 2
_REAP_SECONDS = 2


class Processes:
    """Knows the zygote and leaves nothing of a slot alive.

    There is one zygote, made before the first request: a later fork of the lane would carry what the lane remembers of
    earlier ones, programs and inputs, into the memory of the next. A lane without its zygote ends.
    """

    def __init__(self, interpreter, keeps, seccomp, counter, only_user):
        """`counter` of process numbers, where the lane has its own. `only_user` of slots where it has not, or None."""
        self.zygote = Zygote(interpreter, keeps, seccomp)
        self._own_pids = counter is not None
        self._counter = counter
        self._only_user = only_user
        self._zygote_lives = True
        # (status, processor seconds, peak bytes) of the slot, when it was reaped here
        self._slot_end = None
        self._slot = None
        #: Processor seconds of orphans of the slot, reaped here.
        self.orphans_cpu = 0.0
        #: How many of them there were at the end of the slot, dead or alive.
        self.left = 0
        # A process did not go when it was killed.
        self._stuck = False

    @property
    def usable(self):
        """Whether another slot can be made here."""
        return self._zygote_lives and not self._stuck

    def watch(self, slot):
        """From here on the slot with this process number is the one."""
        self._slot, self._slot_end, self.orphans_cpu, self.left = slot, None, 0.0, 0

    def signal(self, pids, number):
        """Sends a signal to processes of the slot; those that have gone meanwhile are no error."""
        if self._only_user:
            linux.run_as(self._only_user, lambda: _signal(pids, number))
        else:
            _signal(pids, number)

    def seen_as_user(self, function):
        """What `function` finds, a natural number, with the rights of the slot's user where the lane has too few.

        Whoever hinders the look is counted by what little the lane itself may see, which is the worst. Where the machine is
        only too busy for it, 0: what was not seen accuses nobody, the next sample looks again, and the sandbox has its bound.
        """
        try:
            seen = linux.compute_as(self._only_user, function) if self._only_user else None
        except TimeoutError:
            return 0
        return function() if seen is None else seen

    def reap(self):
        """Takes note of whoever has ended here: orphans, since the lane is the first process of its namespace."""
        while self._own_pids:
            try:
                pid, status, usage = os.wait4(-1, os.WNOHANG)
            except ChildProcessError:
                return False
            if pid == 0:
                return True
            cpu = usage.ru_utime + usage.ru_stime
            if pid == self.zygote.pid:
                self._zygote_lives = False
            elif pid == self._slot:
                self._slot_end = status, cpu, usage.ru_maxrss << 10
            else:
                self.orphans_cpu += cpu
                self.left += 1
        return True

    def end(self, meter):
        """(status, processor seconds, peak bytes) of the slot, after which nothing of it is left."""
        if not self._own_pids:
            told = self.zygote.end_of_slot(0)
            if self._only_user:
                linux.run_as(self._only_user, _kill_everybody)
            else:
                _kill_by_scan(meter)
            return told or self.zygote.end_of_slot(_WORD_SECONDS) or _KILLED
        self.left = 0
        self.reap()
        # It may have ended by itself a moment before this; only its own end is its exit.
        told = self._slot_end or self.zygote.end_of_slot(0)
        if not told and self._counter.last() == self._slot:
            # It has started nobody, so the zygote need not go with it.
            _signal([self._slot], signal.SIGKILL)
            told = self.zygote.end_of_slot(_WORD_SECONDS)
        if told and self._alone():
            return told
        self._kill_all()
        return told or self._slot_end or self.zygote.end_of_slot(0) or _KILLED

    def _alone(self):
        """Whether only the lane and the zygote are left: then nobody can start anything any more."""
        if self._counter.last() == self._slot:
            return True  # nobody was made since
        for name in os.listdir("/proc"):
            if name.isdigit() and name != "1" and int(name) != self.zygote.pid:
                return False
        return True

    def _kill_all(self):
        """Everybody but the lane; the zygote goes with them, since only this spares nobody who forks meanwhile."""
        _kill_everybody()
        self._zygote_lives = False
        deadline = time.monotonic() + _REAP_SECONDS
        while self.reap():
            if time.monotonic() > deadline:
                self._stuck = True  # a process that the kernel does not let go is not waited for
                break
            time.sleep(0.0005)


def _signal(pids, number):
    for pid in pids:
        try:
            os.kill(int(pid), number)
        except OSError:
            pass


def _kill_everybody():
    """Whom the calling process may signal, but itself and the first process."""
    try:
        os.kill(-1, signal.SIGKILL)
    except ProcessLookupError:
        pass  # there was nobody; gVisor says so, too, where others are that it may not signal


def _kill_by_scan(meter):
    for _ in range(50):
        pids = [pid for pid in meter.pids() if not accounting.is_zombie(pid)]
        if not pids:
            return
        _signal(pids, signal.SIGKILL)
        time.sleep(0.002)
