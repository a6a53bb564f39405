"""What a run uses, as the kernel counts it: processor time, memory and processes of everything that it started."""

import os
import time

import accounting
import gvisor

_DEEP_EVERY = 10
_LOCK_BYTES = 200
# What a Unix socket may keep on its way: the kernel's default.
_SOCKET_BYTES = 212_992
_TICKS = os.sysconf("SC_CLK_TCK")


class Meter:
    """Samples the processes of a lane beside the lane itself."""

    def __init__(self, limits, lane):
        self.limits = limits
        self._processes = lane.processes
        # gVisor counts none for the sandbox as a whole.
        self._most_processes = lane.most_processes
        self.cpu = 0.0
        self.peak = 0
        self.crowded = False
        # Everybody who is here already is not of this run; in a sandbox without lanes there is only this run.
        known = {"1", str(lane.processes.zygote.pid)}
        self._others = known if lane.own_pids else set(filter(str.isdigit, os.listdir("/proc")))
        self._base_memory = 0
        self._base_cpu = 0.0
        self._first = ""
        self._samples = self._hidden = 0
        #: Of the kernel, where it is the sandbox's own.
        self.growth = gvisor.Growth(lane.kernel, limits["memory_bytes"])
        # Own processor seconds of each process as last seen, and those of processes whose number another has now.
        self._own, self._vanished = {}, 0.0

    def start(self, pid, base_memory):
        """From here on counts what is the candidate's: not the time and memory of the interpreter before it."""
        self._first = str(pid)
        self._others.discard(self._first)
        self._base_memory = base_memory
        self._base_cpu = cpu_of(pid)

    def pids(self):
        return [name for name in os.listdir("/proc") if name.isdigit() and name not in self._others]

    def sample(self):
        """The name of the limit that is exceeded now, or None."""
        self._processes.reap()
        cpu = memory = count = 0
        for name in self.pids():
            try:
                own, waited, threads = self._time_of(name)
                memory += self._charged(name, accounting.memory(name))
            except (OSError, IndexError, ValueError):
                continue
            cpu += own + waited
            count += threads
            before = self._own.get(name, 0.0)
            self._vanished += before if own < before else 0.0
            self._own[name] = own
        # Never falls: the time of processes that nobody waits for stays counted as last seen.
        cpu = max(cpu + self._processes.orphans_cpu, sum(self._own.values()) + self._vanished)
        self.cpu = max(self.cpu, cpu - self._base_cpu)
        if memory > self.limits["memory_bytes"] and accounting.TELLS_SHARED:
            # Shared pages count once only here, where every process's part of them is asked for.
            pids = self.pids()
            memory = self._processes.seen_as_user(lambda: sum(map(self._proportional_memory, pids)))
        memory += self._unclaimed() + self.growth.charge(self.cpu, self.pids)
        self.peak = max(self.peak, memory)
        self.crowded = self.crowded or count >= self.limits["processes"]
        if self.cpu * 1000 > self.limits["cpu_ms"]:
            return "cpu"
        if memory > self.limits["memory_bytes"]:
            return "memory"
        if count > min(self.limits["processes"], self._most_processes):
            return "processes"
        return None

    def _proportional_memory(self, name):
        try:
            return self._charged(name, accounting.proportional_memory(name))
        except OSError:
            return 0  # it has ended meanwhile

    def _charged(self, name, memory):
        """Without what the interpreter held before the program: where shared pages count once, the first process's alone."""
        return max(0, memory - self._base_memory) if name == self._first or not accounting.TELLS_SHARED else memory

    def _unclaimed(self):
        """Bytes that the kernel keeps for the run and counts as no process's; looked at in every tenth sample."""
        self._samples += 1
        if self._samples % _DEEP_EVERY == 0:
            pids, known = self.pids(), set()
            self._hidden = self._processes.seen_as_user(lambda: sum(accounting.hidden_memory(pid, known) for pid in pids))
            self._hidden += accounting.unix_sockets() * _SOCKET_BYTES
            # Mostly counted where it is touched, or empty; only what nobody could have by right is added.
            self._hidden = max(self._hidden - self.limits["memory_bytes"], 0) + accounting.locks() * _LOCK_BYTES
        return self._hidden

    def _time_of(self, name):
        """(its own processor seconds, those of children it has waited for, threads that live) of a process."""
        with open("/proc/%s/stat" % name, "rb") as file:
            fields = file.read().rpartition(b")")[2].split()
        own, waited = sum(map(int, fields[11:13])) / _TICKS, sum(map(int, fields[13:15])) / _TICKS
        # The kernel's table counts in hundredths; most runs are shorter.
        threads = 0 if fields[0] == b"Z" else int(fields[17])
        return (cpu_of(int(name)) if name == self._first else own), waited, threads

    def finish(self, cpu, peak):
        """When everything has been reaped: the kernel's own sums for the first process and whom it waited for."""
        self.cpu = max(self.cpu, cpu + self._processes.orphans_cpu - self._base_cpu)
        self.peak = max(self.peak, peak - self._base_memory)
        # Children that ended before their parent could not start another.
        self.crowded = self.crowded or self._processes.left + 1 >= self.limits["processes"]


def cpu_of(pid):
    """Processor seconds of a living process, all threads."""
    return time.clock_gettime(~pid << 3 | 2)
