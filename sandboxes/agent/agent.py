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
import sys
import time

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))

import frames  # noqa: E402
import linux  # noqa: E402
import transports  # noqa: E402
from bridges import Bridges  # noqa: E402
from fleet import Fleet  # noqa: E402
from held import Held  # noqa: E402
from host import Ended, Host  # noqa: E402

FEATURES = ["run", "files", "archives", "hold", "session", "live_output", "cancel", "bridge"]
MODES = ("A", "B", "C")
_MAX_CHANNELS = 256
# Of the agent and its lanes; of candidates, too, where slots have no users of their own.
_USER = 1000
_LONGEST_WAIT = 60.0
# Longer than a network takes to find its way again.
_BYE_SECONDS = 15
_REAP_EVERY = 0.02


class Agent:
    def __init__(self, host, greeting):
        self.host = host
        self.greeting = greeting
        self.selector = selectors.DefaultSelector()
        self.config = self.held = self.fleet = None
        self.bridges = Bridges()
        self.lease_until = time.monotonic() + 60

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
        at = min([self.lease_until, *(self.fleet.overdue() if self.fleet else ())])
        if self.fleet and self.fleet.mode == "C" and self.fleet.operations:
            # Orphans of the one slot are reaped here, and until then they count against its limit.
            return _REAP_EVERY
        return min(_LONGEST_WAIT, max(0.0, at - time.monotonic()) + 0.001)

    def check_time(self):
        now = time.monotonic()
        if now >= self.lease_until:
            raise Ended("lease_expired")
        if self.fleet:
            self.fleet.check_time(now)

    def read_host(self):
        self.handle_all(self.host.receive())

    def handle_all(self, received):
        for kind, channel, payload in received:
            self.handle(kind, channel, payload)
        if self.fleet:
            self.fleet.flush()

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
        elif channel in self.fleet.operations:
            operation = self.fleet.operations[channel]
            if kind == frames.CANCEL:
                self.fleet.cancel(operation)
            else:
                self.fleet.pass_on(operation, frames.encode(kind, channel, payload))
        elif self.held.is_growing(channel):
            self.hold_more(kind, channel, payload)
        # Frames of a channel that has just closed are late, not wrong.

    def authenticate(self, auth):
        if not self.greeting.accepts(auth):
            raise Ended("auth_failed")
        self.config = auth["config"]
        self.held = Held(self.config["held_bytes"])
        self.lease_until = time.monotonic() + self.config["lease_ms"] / 1000
        self.fleet, refused = self.choose_mode()
        proof = self.greeting.proof("agent", auth["nonce"])
        self.host.send_json(frames.READY, {"proof": proof, "mode": self.fleet.mode, "features": FEATURES,
                                           "interpreters": self.fleet.facts(), "refused": refused})  # fmt: skip

    def choose_mode(self):
        """(fleet, refused): lanes of the strongest mode, of those that are allowed, in which one gets ready; why others did not."""
        refused = {}
        allowed = MODES if self.config["mode"] == "auto" else [self.config["mode"]]
        first = next(iter(self.config["interpreters"]))
        for mode in allowed:
            fleet = Fleet(self.selector, self.host, self.config, mode)
            reason = fleet.try_lane(first)
            if not reason:
                return fleet, refused
            refused[mode] = reason
            fleet.stop()
        raise Ended("mode_unavailable", json.dumps(refused))

    def open(self, channel, payload):
        header = frames.decode_json(payload)
        operation = header.get("op")
        if channel in self.fleet.operations or self.held.is_growing(channel):
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
            self.refuse(channel, "bad_request", "bytes that are not held")
            return
        if len(self.fleet.operations) >= _MAX_CHANNELS:
            self.refuse(channel, "bad_request", "more than %d channels" % _MAX_CHANNELS)
            return
        bridge = self.bridges.end(header["bridge"]) if "bridge" in header else None
        self.fleet.start(channel, header, payload, held, bridge)

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
