"""The agent: PID 1 of a sandbox. It speaks the protocol with the host and hands every run to a lane.

It relays frames between the host and the lanes without looking into them, reaps, holds the lease, and ends itself
when the lease runs out or the host goes away; the provider then removes the sandbox.
Usage: agent.py [listen ADDRESS | connect PATH], by default over standard input and output. SANDLOT_TOKEN in its
environment is the shared secret.
"""

import json
import os
import selectors
import signal
import socket
import sys
import time

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))

import frames  # noqa: E402
import linux  # noqa: E402
import transports  # noqa: E402
from held import Held  # noqa: E402
from host import Ended, Host  # noqa: E402
from lanes import BUSY, FINISHING, STARTING, Lane, Operation, Waiting  # noqa: E402
from templates import Template  # noqa: E402

FEATURES = ["run", "files", "archives", "hold", "session", "live_output", "cancel"]
MODES = ("A", "B", "C")
_MAX_CHANNELS = 256
# Of the agent and its lanes; of candidates, too, where slots have no users of their own.
_USER = 1000
_LONGEST_WAIT = 60.0
_CLOSE_SECONDS = 5.0
# Longer than a network takes to find its way again.
_BYE_SECONDS = 15
_REAP_EVERY = 0.02


class Agent:
    def __init__(self, host, greeting):
        self.host = host
        self.greeting = greeting
        self.selector = selectors.DefaultSelector()
        self.operations = {}
        self.lanes = set()
        self.unwritten = set()
        self.waiting = Waiting()
        self.templates = {}
        self.config = None
        self.mode = None
        self.lease_until = time.monotonic() + 60
        # First user of the slots in mode A: far from every user of the machine, and another in each sandbox.
        self.next_user = (1 + int.from_bytes(os.urandom(2), "big") % 1024) << 20

    def run(self, received):
        """`received`: what the host has sent already."""
        self.selector.register(self.host.reader, selectors.EVENT_READ, self.read_host)
        try:
            self.handle_all(self.host.decode(received))
            while True:
                self.watch_writer(not self.host.flush())
                for key, _ in self.selector.select(self.next_timeout()):
                    key.data()
                self.check_time()
        except Ended as end:
            self.say_bye(*end.args)
        except frames.ProtocolError as error:
            self.say_bye("protocol_error", str(error))
        except Exception as error:  # whatever it is, the host is to know
            self.say_bye("agent_failed", repr(error))

    def say_bye(self, reason, detail=""):
        self.host.send_json(frames.BYE, {"reason": reason, "detail": detail})
        os.set_blocking(self.host.writer, True)
        # A host that does not read must not keep the sandbox; without a handler an init process ignores the signal.
        signal.signal(signal.SIGALRM, lambda *_: os._exit(1))
        signal.alarm(_BYE_SECONDS)
        try:
            self.host.flush()
            self.host.end()
        except Ended:
            pass

    def watch_writer(self, wanted):
        # One descriptor may serve both directions.
        if self.host.writer == self.host.reader:
            events = selectors.EVENT_READ | (selectors.EVENT_WRITE if wanted else 0)
            if self.selector.get_key(self.host.reader).events != events:
                self.selector.modify(self.host.reader, events, self.read_host)
            return
        watched = self.host.writer in self.selector.get_map()
        if wanted and not watched:
            self.selector.register(self.host.writer, selectors.EVENT_WRITE, lambda: None)
        elif watched and not wanted:
            self.selector.unregister(self.host.writer)

    def next_timeout(self):
        at = min([self.lease_until, *(lane.overdue_at for lane in self.lanes if lane.overdue_at)])
        if self.mode == "C" and self.operations:
            # Orphans of the one slot are reaped here, and until then they count against its limit.
            return _REAP_EVERY
        return min(_LONGEST_WAIT, max(0.0, at - time.monotonic()) + 0.001)

    def check_time(self):
        now = time.monotonic()
        if now >= self.lease_until:
            raise Ended("lease_expired")
        for lane in [lane for lane in self.lanes if lane.overdue_at and now >= lane.overdue_at]:
            self.lose(lane, "lane_stalled", "no answer in time")
        self.reap()

    def reap(self):
        """Lanes are orphans by design and become the agent's children."""
        known = [template.process.pid for template in self.templates.values()]
        while True:
            try:
                pid, _ = os.waitpid(-1, os.WNOHANG)
            except ChildProcessError:
                return
            if pid == 0:
                return
            if pid in known:
                raise Ended("template_lost")
            for lane in self.lanes:
                if lane.pid == pid:
                    lane.pid = None  # the number may name another process from now on

    def read_host(self):
        self.handle_all(self.host.receive())

    def handle_all(self, received):
        for kind, channel, payload in received:
            self.handle(kind, channel, payload)
        # The frames of a request go together where they came together.
        for lane in self.unwritten:
            if lane in self.lanes:
                self.write_lane(lane)
        self.unwritten.clear()

    def handle(self, kind, channel, payload):
        if kind == frames.PING:
            self.host.send(frames.encode(frames.PONG, 0, payload[:64]), control=True)
        elif kind == frames.AUTH and self.config is None:
            self.authenticate(frames.decode_json(payload))
        elif self.config is None:
            raise frames.ProtocolError("frame before AUTH")
        elif kind == frames.RENEW:
            self.lease_until = time.monotonic() + frames.decode_json(payload)["ttl_ms"] / 1000
        elif kind == frames.BYE:
            raise Ended("closed")
        elif kind == frames.OPEN:
            self.open(channel, payload)
        elif channel in self.operations:
            if kind == frames.CANCEL:
                self.cancel(self.operations[channel])
            else:
                self.pass_on(self.operations[channel], frames.encode(kind, channel, payload))
        elif self.held.is_growing(channel):
            self.hold_more(kind, channel, payload)
        # Frames of a channel that has just closed are late, not wrong.

    def authenticate(self, auth):
        if not self.greeting.accepts(auth):
            raise Ended("auth_failed")
        self.config = auth["config"]
        self.held = Held(self.config["held_bytes"])
        self.lease_until = time.monotonic() + self.config["lease_ms"] / 1000
        refused = self.choose_mode()
        facts = {name: template.facts for name, template in self.templates.items()}
        proof = self.greeting.proof("agent", auth["nonce"])
        self.host.send_json(frames.READY, {"proof": proof, "mode": self.mode, "features": FEATURES,
                                           "interpreters": facts, "refused": refused})  # fmt: skip

    def choose_mode(self):
        """Takes the strongest mode, of those that are allowed, in which a lane gets ready. Answers why others did not."""
        refused = {}
        allowed = MODES if self.config["mode"] == "auto" else [self.config["mode"]]
        first = next(iter(self.config["interpreters"]))
        for mode in allowed:
            self.mode = mode
            reason = self.try_lane(first)
            if not reason:
                return refused
            refused[mode] = reason
            for template in self.templates.values():
                template.stop()
            self.templates = {}
        raise Ended("mode_unavailable", json.dumps(refused))

    def try_lane(self, interpreter):
        """Waits for a first lane, which stays: the reason why there is none, or nothing."""
        if self.mode == "A" and not linux.has_capabilities(linux.CAP_SETUID, linux.CAP_SETGID):
            return "the agent may not change users"
        lane = self.start_lane(interpreter)
        deadline = time.monotonic() + 20
        while lane.state == STARTING and lane in self.lanes and time.monotonic() < deadline:
            for key, _ in self.selector.select(1):
                if key.data != self.read_host:
                    key.data()
        if lane.state == STARTING:
            if lane in self.lanes:
                self.forget(lane)
            return lane.detail or "no lane in time"
        return ""

    def template(self, name):
        """The template of an interpreter, started when it is first wanted. Spares are started by the toolbox's own."""
        interpreter = self.config["interpreters"][name]
        if interpreter["kind"] == "spare":
            name, interpreter = "plain", self.config["interpreters"]["plain"]
        if name not in self.templates:
            kept = ("scratch_bytes", "scratch_inodes", "body_bytes", "processes", "counts_own_user", "has_network", "runs_per_lane")
            settings = {key: self.config[key] for key in kept}
            self.templates[name] = Template(interpreter, {**settings, "mode": self.mode})
        return self.templates[name]

    def start_lane(self, name):
        """A new lane; at the limit, a waiting one of another interpreter makes room."""
        if len(self.lanes) >= self.config["lanes"]:
            other = self.waiting.idle_lane_of_others(name)
            if other:
                self.forget(other)
        users = (self.next_user, self.config["runs_per_lane"])
        self.next_user += self.config["runs_per_lane"]
        sock = self.template(name).fork_lane(interpreter=self.config["interpreters"][name], users=users)
        lane = Lane(sock, name)
        self.lanes.add(lane)
        self.selector.register(sock, selectors.EVENT_READ, lambda: self.service(lane))
        return lane

    def open(self, channel, payload):
        header = frames.decode_json(payload)
        operation = header.get("op")
        if channel in self.operations or self.held.is_growing(channel):
            raise frames.ProtocolError("channel %d is open" % channel)
        if operation == "hold":
            if not self.held.start(channel, header["size"]):
                self.refuse(channel, "held_full", "no room for %d bytes more" % header["size"])
        elif operation == "drop":
            self.held.drop(header["number"])
            self.host.send_json(frames.RESULT, {}, channel)
        elif operation in ("run", "session") and header.get("interpreter") in self.config["interpreters"]:
            self.open_operation(channel, header, payload)
        else:
            self.refuse(channel, "bad_request", "unknown operation or interpreter")

    def open_operation(self, channel, header, payload):
        try:
            held = self.held.descriptors(header.get("held", ()))
        except KeyError:
            return self.refuse(channel, "bad_request", "bytes that are not held")
        if len(self.operations) >= _MAX_CHANNELS:
            return self.refuse(channel, "bad_request", "more than %d channels" % _MAX_CHANNELS)
        operation = self.operations[channel] = Operation(channel, header, payload, held)
        lane = self.waiting.take_lane(operation.interpreter)
        if lane:
            operation.give(lane)
            self.unwritten.add(lane)
        else:
            self.waiting.add_operation(operation)
            self.start_lanes(operation.interpreter)

    def start_lanes(self, interpreter):
        """As many as operations wait for, up to the limit; then they wait for a lane that comes back."""
        starting = sum(lane.state == STARTING and lane.interpreter == interpreter for lane in self.lanes)
        finishing = sum(lane.state == FINISHING and lane.interpreter == interpreter for lane in self.lanes)
        busy = sum(lane.state == BUSY for lane in self.lanes)
        if starting + finishing < self.waiting.operations(interpreter) and busy + starting < self.config["lanes"]:
            self.start_lane(interpreter)

    def refuse(self, channel, code, detail):
        self.host.send_json(frames.FAULT, {"code": code, "detail": detail}, channel)

    def hold_more(self, kind, channel, payload):
        if kind == frames.DATA:
            if self.held.grow(channel, memoryview(payload)[1:]):
                self.host.send(frames.encode(frames.CREDIT, channel, (len(payload) - 1).to_bytes(4, "big")), control=True)
                return
        elif kind == frames.END:
            self.held.complete(channel)
            self.host.send_json(frames.RESULT, {}, channel)
            return
        self.held.drop(channel)
        self.refuse(channel, "cancelled" if kind == frames.CANCEL else "bad_request", "more bytes than announced")

    def cancel(self, operation):
        if operation.lane and operation.is_session:
            # It is closed, which is an end like any other.
            self.pass_on(operation, frames.encode(frames.CANCEL, operation.channel))
            operation.lane.overdue_at = time.monotonic() + _CLOSE_SECONDS
        elif operation.lane:
            self.lose(operation.lane, "cancelled", "")
        else:
            self.waiting.forget(operation)
            del self.operations[operation.channel]
            self.refuse(operation.channel, "cancelled", "")

    def pass_on(self, operation, frame):
        """Bounded by the credit that the lane gives the host."""
        if operation.lane:
            operation.lane.outgoing.append((frame, None))
            self.unwritten.add(operation.lane)
        else:
            operation.frames.append((frame, None))

    def write_lane(self, lane):
        queue = lane.outgoing
        try:
            while queue:
                data, descriptors = queue.popleft()
                if descriptors:
                    sent = socket.send_fds(lane.sock, [data], descriptors)
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
        if self.selector.get_key(lane.sock).events != events:
            self.selector.modify(lane.sock, events, lambda: self.service(lane))

    def service(self, lane):
        if lane not in self.lanes:
            return
        if lane.outgoing:
            self.write_lane(lane)
        try:
            data = lane.sock.recv(1 << 16)
        except BlockingIOError:
            return
        except OSError:
            data = b""
        if not data:
            self.lose(lane, "lane_lost", "the lane ended without an answer")
            return
        for kind, channel, payload in lane.decoder.feed(data):
            if channel == 0:
                self.note(lane, kind, frames.decode_json(payload))
            elif lane.operation and channel == lane.operation.channel:
                self.host.send(frames.encode(kind, channel, payload), control=kind == frames.CREDIT)
                if kind in (frames.RESULT, frames.FAULT):
                    self.finish(lane)

    def note(self, lane, kind, facts):
        """What a lane says of itself: its process, that it is ready, or that it cannot be."""
        if kind == frames.FAULT:
            lane.detail = facts["detail"]
        elif "pid" in facts:
            lane.pid = facts["pid"]
        else:
            operation = self.waiting.take_operation(lane.interpreter)
            if operation:
                operation.give(lane)
                self.write_lane(lane)
            else:
                self.waiting.add_lane(lane)

    def finish(self, lane):
        """An operation has its answer; its lane gets ready for another, or ends."""
        del self.operations[lane.operation.channel]
        if self.mode == "C":
            raise Ended("used_up")
        lane.state, lane.operation, lane.overdue_at = FINISHING, None, time.monotonic() + 20

    def lose(self, lane, code, detail):
        """A lane is gone or has to go, and whatever it was doing with it."""
        operation, state = lane.operation, lane.state
        lane.kill()
        self.forget(lane)
        if state == STARTING:
            operation = self.waiting.take_operation(lane.interpreter)
            code, detail = "lane_setup_failed", lane.detail or detail
        if operation:
            del self.operations[operation.channel]
            self.refuse(operation.channel, code, detail)
            if self.mode == "C" and state == BUSY:
                raise Ended("used_up")
        if self.config and self.waiting.operations(lane.interpreter):
            self.start_lanes(lane.interpreter)
        elif state == FINISHING:
            self.start_lane(lane.interpreter)  # worn: the next operation is not to pay for another

    def forget(self, lane):
        self.lanes.discard(lane)
        self.waiting.forget(lane)
        self.selector.unregister(lane.sock)
        lane.sock.close()


def main():
    linux.set_dumpable(False)
    token = linux.take_secret("SANDLOT_TOKEN")
    if os.getuid() == 0:
        # Root only to be able to give every slot a user of its own; root itself is left at once.
        linux.become(_USER, _USER, (linux.CAP_SETUID, linux.CAP_SETGID))
        linux.set_dumpable(False)
    reader, writer, greeting, received = transports.open_stream(sys.argv[1:], token)
    Agent(Host(reader, writer), greeting).run(received)


if __name__ == "__main__":
    main()
