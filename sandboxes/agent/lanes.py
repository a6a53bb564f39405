"""The agent's view of lanes: which wait, which work, and what waits for one."""

import os
import signal
import time
from collections import deque

import frames

# A lane that has a run answers within its wall limit and this.
_GRACE_SECONDS = 3
# Less, with the time to get ready for another run, than the host waits beyond a limit: it would give up all lanes.
_READY_SECONDS = 5

STARTING, IDLE, BUSY, FINISHING = range(4)


class Lane:
    """One lane: its socket, its process, what it does, and when it is overdue."""

    def __init__(self, sock, interpreter):
        self.sock = sock
        self.interpreter = interpreter
        self.state = STARTING
        self.operation = None
        self.decoder = frames.Decoder()
        self.outgoing = deque()
        self.pid = None
        # Why it could not get ready, in its own words.
        self.detail = ""
        self.overdue_at = time.monotonic() + _READY_SECONDS
        sock.setblocking(False)

    def kill(self):
        """In its own PID namespace its end is the end of everything it ever started."""
        if self.pid:
            try:
                os.kill(self.pid, signal.SIGKILL)
            except ProcessLookupError:
                pass


class Operation:
    """A run or a session on its way: the channel, and frames that wait for a lane."""

    def __init__(self, channel, header, payload, held, bridge=None):
        """`held`: descriptors that go with it; `bridge`: its end of a socket that joins it with another operation."""
        self.channel = channel
        self.bridge = bridge
        self.interpreter = header["interpreter"]
        self.is_session = header["op"] == "session"
        self.seconds = None if self.is_session else header["limits"]["wall_ms"] / 1000 + _GRACE_SECONDS
        self.lane = None
        # (bytes, descriptors that go with them)
        descriptors = [*held, bridge.fileno()] if bridge else held
        self.frames = [(frames.encode(frames.OPEN, channel, payload), descriptors)]

    def give(self, lane):
        lane.state, lane.operation, self.lane = BUSY, self, lane
        lane.overdue_at = None if self.seconds is None else time.monotonic() + self.seconds
        lane.outgoing.extend(self.frames)
        self.frames = None

    def let_go(self):
        """Its lane has what was to go with it, or nobody will have it."""
        if self.bridge:
            self.bridge.close()
            self.bridge = None


class Waiting:
    """Lanes that wait for operations and operations that wait for lanes, by interpreter."""

    def __init__(self):
        self._lanes = {}
        self._operations = {}

    def add_lane(self, lane):
        lane.state, lane.operation, lane.overdue_at = IDLE, None, None
        self._lanes.setdefault(lane.interpreter, deque()).append(lane)

    def add_operation(self, operation):
        self._operations.setdefault(operation.interpreter, deque()).append(operation)

    def take_lane(self, interpreter):
        """The one that has waited longest, since it has had the time to get ready; None when there is none."""
        lanes = self._lanes.get(interpreter)
        return lanes.popleft() if lanes else None

    def take_operation(self, interpreter):
        operations = self._operations.get(interpreter)
        return operations.popleft() if operations else None

    def operations(self, interpreter):
        return len(self._operations.get(interpreter, ()))

    def idle_lane_of_others(self, interpreter):
        """A waiting lane that may make room for one of `interpreter`."""
        return next((self._lanes[name].popleft() for name in self._lanes if name != interpreter and self._lanes[name]), None)

    def forget(self, what):
        for queue in (self._lanes if isinstance(what, Lane) else self._operations).values():
            if what in queue:
                queue.remove(what)
