"""One run: the candidate's process and its descendants, drained, limited, measured and ended."""

import os
import resource
import select
import signal
import time

import accounting
import slot
from capture import Capture

_SAMPLE_AFTER = 0.02
_SAMPLE_EVERY = 0.05
_WALL_SLACK_MS = 250
_CHUNK = 1 << 16


class Run:
    """One candidate process and its descendants."""

    def __init__(self, header, settings):
        self.header = header
        self.limits = header["limits"]
        self.stdout = Capture(header["keep_bytes"])
        self.stderr = Capture(header["keep_bytes"])
        self.limit = None
        self._own_pids = settings["mode"] == "B"
        self._counts_own_user = self._own_pids or settings["counts_own_user"]
        # Everybody who is here already is not of this run; in a sandbox without lanes there is only this run.
        self._others = {"1"} if self._own_pids else set(filter(str.isdigit, os.listdir("/proc")))
        self._ooms = accounting.oom_kills()
        self._starved = 0.0
        self._peak = 0
        self._cpu = 0.0
        self._crowded = False
        self._exit = None

    def start(self, source, prelude, stdin, seccomp):
        python = "argv" not in self.header
        # A memory file: the program may read it at its own pace or not at all, and nobody has to feed it.
        feed = os.memfd_create("stdin")
        with os.fdopen(os.dup(feed), "wb") as file:
            file.write(stdin)
        os.lseek(feed, 0, os.SEEK_SET)
        reader = os.open("/proc/self/fd/%d" % feed, os.O_RDONLY)
        (out_read, out_write), (err_read, err_write), (ready, entered) = os.pipe(), os.pipe(), os.pipe()
        self._base = accounting.memory("self") if python else 0
        self._started = time.monotonic()
        self.pid = os.fork()
        if self.pid == 0:
            try:
                streams = (reader, out_write, err_write)
                slot.enter(streams, entered, self.limits, self.header["env"], seccomp, python, self._counts_own_user)
                if python:
                    slot.run_python(source, prelude.decode(), self.header["args"])
                slot.run_program(self.header["argv"])
            except BaseException as error:
                os.write(2, ("slot: %r\n" % error).encode("utf-8", "replace"))
            finally:
                os._exit(125)
        for descriptor in (feed, reader, out_write, err_write, entered):
            os.close(descriptor)
        # Ends when the slot has been entered, or when it never will be: a few hundred microseconds.
        if os.read(ready, 1) != b"1":
            os.waitpid(self.pid, 0)
            raise OSError("the slot could not be entered: %s" % os.read(err_read, 500).decode("utf-8", "replace"))
        os.close(ready)
        self._pipes = {out_read: self.stdout, err_read: self.stderr}
        for descriptor in self._pipes:
            os.set_blocking(descriptor, False)
        self._handle = os.pidfd_open(self.pid)

    def watch(self, control):
        """Drains and limits until the program's first process has ended or a limit is hit."""
        poll = select.poll()
        for descriptor in (*self._pipes, self._handle):
            poll.register(descriptor, select.POLLIN)
        poll.register(control, select.POLLHUP)
        deadline = self._started + self.limits["wall_ms"] / 1000
        sample_at = self._started + _SAMPLE_AFTER
        ended = False
        while not ended and self.limit is None:
            now = time.monotonic()
            for descriptor, _ in poll.poll(max(0.0, min(deadline, sample_at) - now) * 1000 + 0.5):
                if descriptor in self._pipes:
                    if not self._drain(descriptor):
                        poll.unregister(descriptor)
                elif descriptor == self._handle:
                    ended = True
                else:
                    os._exit(0)
            now = time.monotonic()
            if ended:
                break
            if now >= deadline:
                self.limit = "wall"
                self._starved = sum(accounting.starved(pid) for pid in self._pids())
            elif self.stdout.total + self.stderr.total > self.limits["output_bytes"]:
                self.limit = "output"
            elif now >= sample_at:
                self._sample()
                sample_at = now + _SAMPLE_EVERY
        self.wall = time.monotonic() - self._started

    def _drain(self, descriptor):
        """Reads what is there, up to a bound, so that a flood cannot starve the clock; False at the end of the pipe."""
        for _ in range(16):
            try:
                data = os.read(descriptor, _CHUNK)
            except BlockingIOError:
                return True
            if not data:
                return False
            self._pipes[descriptor].write(data)
        return True

    def _pids(self):
        return [name for name in os.listdir("/proc") if name.isdigit() and name not in self._others]

    def _sample(self):
        """CPU time, memory and number of all processes of the run, as the kernel counts them now."""
        cpu = memory = count = 0
        for name in self._pids():
            try:
                with open("/proc/%s/stat" % name, "rb") as file:
                    fields = file.read().rpartition(b")")[2].split()
                # With the time of children that have been waited for.
                cpu += sum(map(int, fields[11:15]))
                count += int(fields[17])
                memory += max(0, accounting.memory(name) - self._base)
            except (OSError, IndexError, ValueError):
                continue
        ended = resource.getrusage(resource.RUSAGE_CHILDREN)
        # Never falls: the time of processes that vanish unwaited for stays counted as last seen.
        self._cpu = max(self._cpu, cpu / os.sysconf("SC_CLK_TCK") + ended.ru_utime + ended.ru_stime)
        if memory > self.limits["memory_bytes"]:
            # Shared pages count once only here, where every process's part of them is asked for.
            memory = sum(max(0, accounting.proportional_memory(name) - self._base) for name in self._pids())
        self._peak = max(self._peak, memory)
        self._crowded = self._crowded or count >= self.limits["processes"]
        if self._cpu * 1000 > self.limits["cpu_ms"]:
            self.limit = "cpu"
        elif memory > self.limits["memory_bytes"]:
            self.limit = "memory"
        elif count > self.limits["processes"]:
            self.limit = "processes"

    def end(self):
        """Kills whatever is left, reaps it, and reads what it had already written."""
        ending = time.monotonic()
        # The first process may have ended by itself a moment before the kill; only its own end is its exit.
        self._exit = os.waitid(os.P_PID, self.pid, os.WEXITED | os.WNOHANG | os.WNOWAIT) is not None
        if self._own_pids:
            try:
                os.kill(-1, signal.SIGKILL)
            except ProcessLookupError:
                pass
        else:
            self._kill_by_scan()
        _, self._status, usage = os.wait4(self.pid, 0)
        while self._own_pids:
            try:
                os.waitpid(-1, 0)
            except ChildProcessError:
                break
        for descriptor in self._pipes:
            # Every writer is dead; the bound is for one that got away where there is no PID namespace.
            for _ in range(16):
                if not (self._drain(descriptor) and self._readable(descriptor)):
                    break
        total = resource.getrusage(resource.RUSAGE_CHILDREN)
        self._cpu = max(self._cpu, total.ru_utime + total.ru_stime)
        self._peak = max(self._peak, (usage.ru_maxrss << 10) - self._base)
        self._oom = accounting.oom_kills() > self._ooms
        self._space = os.statvfs("/workspace")
        self.teardown = time.monotonic() - ending

    def _kill_by_scan(self):
        for _ in range(50):
            pids = [pid for pid in self._pids() if not accounting.is_zombie(pid)]
            if not pids:
                return
            for pid in pids:
                try:
                    os.kill(int(pid), signal.SIGKILL)
                except (ProcessLookupError, PermissionError):
                    pass
            time.sleep(0.002)

    @staticmethod
    def _readable(descriptor):
        return bool(select.select([descriptor], [], [], 0)[0])

    def report(self, received):
        signalled = os.WIFSIGNALED(self._status)
        failed = self._status != 0
        if self.limit is None and self.stdout.total + self.stderr.total > self.limits["output_bytes"]:
            self.limit = "output"
        if self.limit is None and self._cpu * 1000 > self.limits["cpu_ms"]:
            self.limit = "cpu"
        if self.limit is None and not self._own_pids and self.wall * 1000 > self.limits["wall_ms"] + _WALL_SLACK_MS:
            self.limit = "wall"  # the lane had been stopped, which only a program beside it can do
        if self.limit is None and failed and self._oom:
            self.limit = "memory"
        if self.limit is None and failed and (self._space.f_bavail == 0 or self._space.f_favail == 0):
            self.limit = "disk"
        if self.limit is None and failed and self._crowded:
            self.limit = "processes"
        return {
            "exit": {"signal": os.WTERMSIG(self._status)} if signalled else {"code": os.WEXITSTATUS(self._status)},
            "limit": self.limit,
            # Killed by somebody, but not by this lane and not by a limit: the kernel, a neighbour, or itself.
            # The kernel ran out of the sandbox's memory meanwhile, through this run or another.
            "oom": self._oom,
            # Time in which the processes were ready at the wall limit and had got no processor.
            "starved_us": int(self._starved * 1e6),
            "unexplained_kill": bool(self._exit and self.limit is None and signalled
                                     and os.WTERMSIG(self._status) == signal.SIGKILL),
            "times": {
                "setup_us": int((self._started - received) * 1e6),
                "wall_us": int(self.wall * 1e6),
                "cpu_us": int(self._cpu * 1e6),
                "teardown_us": int(self.teardown * 1e6),
            },
            "memory_peak_bytes": max(0, self._peak),
        }  # fmt: skip
