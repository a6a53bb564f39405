"""The lanes of a sandbox: started, given operations, relayed, watched, lost and replaced."""

import os
import selectors
import socket
import time

import frames
import linux
from host import Ended
from lanes import BUSY, FINISHING, STARTING, Lane, Operation, Waiting
from templates import Template

_CLOSE_SECONDS = 5.0
_FIRST_LANE_SECONDS = 20.0
_FINISH_SECONDS = 4.0
_OF_A_TEMPLATE = (
    "scratch_bytes", "scratch_inodes", "body_bytes", "processes", "counts_own_user", "has_network", "runs_per_lane",
)  # fmt: skip
_FIRST_USER, _LAST_USER = 1 << 20, 1 << 30


class Fleet:
    """All lanes of one mode. Calls back through the selector; what the host is to hear goes to it directly."""

    def __init__(self, selector, host, config, mode):
        self.mode = mode
        #: Open operations by channel.
        self.operations = {}
        self._selector = selector
        self._host = host
        self._config = config
        self._lanes = set()
        # Lanes that have been given frames that are not yet sent.
        self._unwritten = set()
        self._waiting = Waiting()
        self._templates = {}
        # Of the slots: far from every user of the machine, and hardly ever one that another sandbox has at the time.
        self._next_user = _FIRST_USER + int.from_bytes(os.urandom(4), "big") % (_LAST_USER - _FIRST_USER)

    def facts(self):
        """What the templates that run say of themselves, by interpreter."""
        return {name: template.facts for name, template in self._templates.items()}

    def stop(self):
        for template in self._templates.values():
            template.stop()

    def try_lane(self, interpreter):
        """Waits for a first lane, which stays: the reason why there is none, or nothing."""
        if self.mode == "A" and not linux.has_capabilities(linux.CAP_SETUID, linux.CAP_SETGID):
            return "the agent may not change users"
        lane = self._start_lane(interpreter)
        deadline = time.monotonic() + _FIRST_LANE_SECONDS
        while lane.state == STARTING and lane in self._lanes and time.monotonic() < deadline:
            for key, _ in self._selector.select(1):
                if key.fd == lane.sock.fileno():
                    key.data()
        if lane.state == STARTING:
            if lane in self._lanes:
                self._forget(lane)
            return lane.detail or "no lane in time"
        return ""

    def start(self, channel, header, payload, held, bridge=None):
        """Opens an operation: at once where a lane waits, else as soon as there is one."""
        operation = self.operations[channel] = Operation(channel, header, payload, held, bridge)
        lane = self._waiting.take_lane(operation.interpreter)
        if lane:
            operation.give(lane)
            self._unwritten.add(lane)
        else:
            self._waiting.add_operation(operation)
            self._start_lanes(operation.interpreter)

    def pass_on(self, operation, frame):
        """Bounded by the credit that the lane gives the host."""
        if operation.lane:
            operation.lane.outgoing.append((frame, None))
            self._unwritten.add(operation.lane)
        else:
            operation.frames.append((frame, None))

    def cancel(self, operation):
        if operation.lane and operation.is_session:
            # It is closed, which is an end like any other.
            self.pass_on(operation, frames.encode(frames.CANCEL, operation.channel))
            operation.lane.overdue_at = time.monotonic() + _CLOSE_SECONDS
        elif operation.lane:
            self._lose(operation.lane, "cancelled", "")
        else:
            self._waiting.forget(operation)
            self._refuse_operation(operation, "cancelled", "")

    def flush(self):
        """Sends what was passed on: the frames of a request go together where they came together."""
        for lane in self._unwritten:
            if lane in self._lanes:
                self._write(lane)
        self._unwritten.clear()

    def overdue(self):
        """The times at which lanes are overdue."""
        return [lane.overdue_at for lane in self._lanes if lane.overdue_at]

    def check_time(self, now):
        for lane in [lane for lane in self._lanes if lane.overdue_at and now >= lane.overdue_at]:
            self._lose(lane, "lane_stalled", "no answer in time")
        self._reap()

    def _reap(self):
        """Lanes are orphans by design and become the agent's children."""
        known = [template.process.pid for template in self._templates.values()]
        while True:
            try:
                pid, _ = os.waitpid(-1, os.WNOHANG)
            except ChildProcessError:
                return
            if pid == 0:
                return
            if pid in known:
                raise Ended("template_lost")
            for lane in self._lanes:
                if lane.pid == pid:
                    lane.pid = None  # the number may name another process from now on

    def _template(self, name):
        """The template of an interpreter, started when it is first wanted. Spares are started by the toolbox's own."""
        interpreter = self._config["interpreters"][name]
        if interpreter["kind"] == "spare":
            name, interpreter = "plain", self._config["interpreters"]["plain"]
        if name not in self._templates:
            settings = {key: self._config[key] for key in _OF_A_TEMPLATE}
            self._templates[name] = Template(interpreter, {**settings, "mode": self.mode})
        return self._templates[name]

    def _start_lane(self, name):
        """A new lane; at the limit, a waiting one of another interpreter makes room."""
        if len(self._lanes) >= self._config["lanes"]:
            other = self._waiting.idle_lane_of_others(name)
            if other:
                self._forget(other)
        users = (self._next_user, self._config["runs_per_lane"])
        self._next_user += self._config["runs_per_lane"]
        sock = self._template(name).fork_lane(interpreter=self._config["interpreters"][name], users=users)
        lane = Lane(sock, name)
        self._lanes.add(lane)
        self._selector.register(sock, selectors.EVENT_READ, lambda: self._service(lane))
        return lane

    def _start_lanes(self, interpreter):
        """As many as operations wait for, up to the limit; then they wait for a lane that comes back."""
        starting = sum(lane.state == STARTING and lane.interpreter == interpreter for lane in self._lanes)
        finishing = sum(lane.state == FINISHING and lane.interpreter == interpreter for lane in self._lanes)
        busy = sum(lane.state == BUSY for lane in self._lanes)
        if starting + finishing < self._waiting.operations(interpreter) and busy + starting < self._config["lanes"]:
            self._start_lane(interpreter)

    def _write(self, lane):
        queue = lane.outgoing
        try:
            while queue:
                data, descriptors = queue.popleft()
                if descriptors:
                    sent = socket.send_fds(lane.sock, [data], descriptors)
                    lane.operation.let_go()
                else:
                    # Small frames of one request go together.
                    while queue and not queue[0][1] and len(data) + len(queue[0][0]) <= frames.MAX_FRAME:
                        data += queue.popleft()[0]
                    sent = lane.sock.send(data)
                if sent < len(data):
                    queue.appendleft((data[sent:], None))
        except BlockingIOError:
            queue.appendleft((data, descriptors))
        except OSError:
            queue.clear()  # its end is seen by the reader
        events = selectors.EVENT_READ | (selectors.EVENT_WRITE if queue else 0)
        if self._selector.get_key(lane.sock).events != events:
            self._selector.modify(lane.sock, events, lambda: self._service(lane))

    def _service(self, lane):
        if lane not in self._lanes:
            return
        if lane.outgoing:
            self._write(lane)
        try:
            data = lane.sock.recv(1 << 16)
        except BlockingIOError:
            return
        except OSError:
            data = b""
        if not data:
            self._lose(lane, "lane_lost", "the lane ended without an answer")
            return
        for kind, channel, payload in lane.decoder.feed(data):
            if channel == 0:
                self._note(lane, kind, frames.decode_json(payload))
            elif lane.operation and channel == lane.operation.channel:
                self._host.send(frames.encode(kind, channel, payload), control=kind == frames.CREDIT)
                if kind in (frames.RESULT, frames.FAULT):
                    self._finish(lane)

    def _note(self, lane, kind, facts):
        """What a lane says of itself: its process, that it is ready, or that it cannot be."""
        if kind == frames.FAULT:
            lane.detail = facts["detail"]
        elif "pid" in facts:
            lane.pid = facts["pid"]
        else:
            operation = self._waiting.take_operation(lane.interpreter)
            if operation:
                operation.give(lane)
                self._write(lane)
            else:
                self._waiting.add_lane(lane)

    def _finish(self, lane):
        """An operation has its answer; its lane gets ready for another, or ends."""
        del self.operations[lane.operation.channel]
        if self.mode == "C":
            raise Ended("used_up")
        lane.state, lane.operation, lane.overdue_at = FINISHING, None, time.monotonic() + _FINISH_SECONDS

    def _lose(self, lane, code, detail):
        """A lane is gone or has to go, and whatever it was doing with it."""
        operation, state = lane.operation, lane.state
        lane.kill()
        self._forget(lane)
        if state == STARTING:
            operation = self._waiting.take_operation(lane.interpreter)
            code = "lane_setup_failed"
        detail = lane.detail or detail
        if operation:
            self._refuse_operation(operation, code, detail)
            if self.mode == "C" and state == BUSY:
                raise Ended("used_up")
        if self._waiting.operations(lane.interpreter):
            self._start_lanes(lane.interpreter)
        elif state == FINISHING:
            self._start_lane(lane.interpreter)  # worn: the next operation is not to pay for another

    def _forget(self, lane):
        self._lanes.discard(lane)
        self._waiting.forget(lane)
        self._selector.unregister(lane.sock)
        lane.sock.close()

    def _refuse_operation(self, operation, code, detail):
        operation.let_go()
        del self.operations[operation.channel]
        self._host.send_json(frames.FAULT, {"code": code, "detail": detail}, operation.channel)
