"""One run: the candidate's process and its descendants, drained, limited, measured and ended."""

import os
import select
import signal
import time

import accounting
from capture import Capture
from meter import Meter

_SAMPLE_AFTER = 0.02
_SAMPLE_EVERY = 0.02
# For a program that is asked no more.
_FAREWELL = 0.1
_WALL_SLACK_MS = 250
# The kernel's own peak counts pages of files, too; a program has fewer of them than this.
_FILE_BYTES = 128 << 20


# One file system in lanes, several in mode C.
_PLACES = ("/workspace", "/tmp", "/dev/shm")


class Run:
    """One candidate process and its descendants, from the order to the last of them."""

    def __init__(self, spare, header, lane, forward=None, bridge=None):
        """`bridge`: its end of a socket to another run, of which the lane keeps a copy until nothing of this run is left."""
        self.header = header
        self._bridge = bridge
        #: The other run, which decides, has ended first.
        self._forsaken = False
        self.limits = header["limits"]
        self.spare = spare
        self.stdout = Capture(header["keep_bytes"], forward and (lambda data: forward(1, data)))
        self.stderr = Capture(header["keep_bytes"], forward and (lambda data: forward(2, data)))
        self.limit = None
        self._lane = lane
        self._python = spare.python and "argv" not in header
        self._meter = Meter(self.limits, lane)
        self._ooms = lane.oom_kills.count()
        self._starved = 0.0
        self._full = False

    def start(self, source, prelude, stdin):
        header, spare = self.header, self.spare
        held = self._lane.held_data if self._python else None
        self._lane.limit(spare, self.limits, held)
        spare.feed(stdin)
        for descriptor in (spare.stdout, spare.stderr):
            os.set_blocking(descriptor, False)
        self._pipes = {spare.stdout: self.stdout, spare.stderr: self.stderr}
        what = {"env": header["env"], "args": header.get("args", [])}
        if "argv" in header:
            what.update(do="program", argv=header["argv"], joined=self._bridge is not None)
        elif self._bridge is not None:
            what.update(do=header["role"], file=header["file"])
        elif spare.python:
            what.update(do="python", file=header["file"])
        else:
            what["source"] = header["file"]
        self._meter.start(spare.pid, self._lane.base_memory if self._python else 0)
        self.started = spare.release(what, source, prelude, self._bridge)

    def watch(self, control):
        """Drains and limits until the program's first process has ended or a limit is hit."""
        poll = select.poll()
        handle = self.spare.handle
        for descriptor in (*self._pipes, handle):
            poll.register(descriptor, select.POLLIN)
        poll.register(control, select.POLLHUP)
        if self._bridge is not None and self.header["role"] == "candidate":
            poll.register(self._bridge, 0)  # nothing but its hang-up
        deadline = self.started + self.limits["wall_ms"] / 1000
        sample_at = self.started + _SAMPLE_AFTER
        ended = False
        while not ended and self.limit is None:
            now = time.monotonic()
            for descriptor, _ in poll.poll(max(0.0, min(deadline, sample_at) - now) * 1000 + 0.5):
                if descriptor in self._pipes:
                    if not self._pipes[descriptor].drain(descriptor):
                        poll.unregister(descriptor)
                elif descriptor == handle:
                    ended = True
                elif descriptor == self._bridge:
                    # What it has printed is still to be written.
                    poll.unregister(descriptor)
                    self._forsaken = True
                    deadline = min(deadline, time.monotonic() + _FAREWELL)
                else:
                    os._exit(0)
            now = time.monotonic()
            if ended:
                break
            if now >= deadline and self._forsaken:
                ended = True
            elif now >= deadline:
                self.limit = "wall"
                self._starved = sum(accounting.starved(pid) for pid in self._meter.pids())
            elif self.stdout.total + self.stderr.total > self.limits["output_bytes"]:
                self.limit = "output"
            elif now >= sample_at:
                self.limit = self._meter.sample()
                # What a program has deleted but still has open is gone at its end.
                self._full = self._full or _any_is_full()
                sample_at = now + _SAMPLE_EVERY
        self.wall = time.monotonic() - self.started

    def end(self):
        """Kills whatever is left, reaps it, and reads what it had already written."""
        ending = time.monotonic()
        self._status, cpu, peak = self._lane.processes.end(self._meter)
        for descriptor in self._pipes:
            # Every writer is dead; the bound is for one that got away where there is no PID namespace.
            for _ in range(16):
                if not (self._pipes[descriptor].drain(descriptor) and self._readable(descriptor)):
                    break
        self._meter.finish(cpu, peak)
        self._oom = self._meter.growth.in_doubt or self._lane.oom_kills.count() > self._ooms
        self._full = self._full or (self._status != 0 and _any_is_full())
        self.spare.close()
        if self._bridge is not None:
            os.close(self._bridge)
        self.teardown = time.monotonic() - ending

    @staticmethod
    def _readable(descriptor):
        return bool(select.select([descriptor], [], [], 0)[0])

    def report(self, received):
        signalled = os.WIFSIGNALED(self._status)
        self.limit = self.limit or self._limit_in_hindsight()
        return {
            "exit": {"signal": os.WTERMSIG(self._status)} if signalled else {"code": os.WEXITSTATUS(self._status)},
            "limit": self.limit,
            # The kernel ran out of the sandbox's memory meanwhile, through this run or another.
            "oom": self._oom,
            "starved_us": int(self._starving() * 1e6),
            # Killed by somebody, or its zygote was, but not for a limit: by the kernel, a neighbour, or itself.
            "unexplained_kill": self.limit is None and not self._forsaken and signalled
            and os.WTERMSIG(self._status) == signal.SIGKILL,
            "times": {
                "setup_us": int((self.started - received) * 1e6),
                "wall_us": int(self.wall * 1e6),
                "cpu_us": max(0, int(self._meter.cpu * 1e6)),
                "teardown_us": int(self.teardown * 1e6),
            },
            "memory_peak_bytes": max(0, self._meter.peak),
            "worn": self._lane.kernel.is_filling(),
        }  # fmt: skip

    def _starving(self):
        """Seconds in which the processes were ready at the wall limit and had got no processor, or may have been."""
        if self.limit == "wall" and not accounting.TELLS_WAITING:
            # It slept, or it was starved: nobody can tell, so it gets the chance of a run alone.
            return max(self._starved, self.wall - self._meter.cpu)
        return self._starved

    def _limit_in_hindsight(self):
        """The limit that explains how it ended, when none was seen while it ran."""
        limits, meter = self.limits, self._meter
        if self.stdout.total + self.stderr.total > limits["output_bytes"]:
            return "output"
        if meter.cpu * 1000 > limits["cpu_ms"]:
            return "cpu"
        if self.wall * 1000 > limits["wall_ms"] + _WALL_SLACK_MS:
            # It was noticed late: the machine is slow, or the program has made watching it slow. Tried alone, it shows.
            self._starved = self.wall
            return "wall"
        if meter.peak > limits["memory_bytes"] + _FILE_BYTES:
            return "memory"  # between two samples
        if self._status == 0:
            return None
        if self._oom:
            return "memory"
        if self._full or (os.WIFSIGNALED(self._status) and os.WTERMSIG(self._status) == signal.SIGXFSZ):
            return "disk"
        return "processes" if meter.crowded else None


def _any_is_full():
    return any(map(_is_full, _PLACES))


def _is_full(place):
    try:
        space = os.statvfs(place)
    except OSError:
        return False
    # Old gVisor counts no inodes.
    return space.f_bavail == 0 or (space.f_files > 0 and space.f_favail == 0)
