"""The agent: PID 1 of a sandbox. It speaks the protocol with the host and hands every run to a lane of its own.

It relays frames between the host and the lanes without looking into them, reaps, holds the lease, and ends itself
when the lease runs out or the host goes away; the provider then removes the sandbox.
Usage: agent.py, speaking over standard input and output. SANDLOT_TOKEN in its environment is the shared secret.
"""

import hashlib
import hmac
import json
import os
import selectors
import signal
import socket
import subprocess
import sys
import time
from collections import deque

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))

import frames  # noqa: E402
import linux  # noqa: E402

VERSION = 1
FEATURES = ["run", "files", "cancel"]
HERE = os.path.dirname(os.path.abspath(__file__))
_GRACE_MS = 5_000
_MAX_CHANNELS = 256


class Ended(Exception):
    """The agent's end, with its reason."""


class Host:
    """The stream to the host: non-blocking, control frames before data."""

    def __init__(self, reader, writer):
        self.reader, self.writer = reader, writer
        self.decoder = frames.Decoder()
        self._control, self._data = deque(), deque()
        self._partial = b""
        os.set_blocking(reader, False)
        os.set_blocking(writer, False)

    def send(self, frame, control=False):
        (self._control if control else self._data).append(frame)

    def flush(self):
        """Writes what the pipe takes; True when nothing is left."""
        while True:
            if not self._partial:
                queue = self._control or self._data
                if not queue:
                    return True
                self._partial = queue.popleft()
            try:
                written = os.write(self.writer, self._partial)
            except BlockingIOError:
                return False
            except OSError:
                raise Ended("host_gone") from None
            self._partial = self._partial[written:]


class Lane:
    """The agent's view of one run: its socket, its process, and when it is overdue."""

    def __init__(self, channel, sock, kill_at):
        self.channel, self.sock, self.kill_at = channel, sock, kill_at
        self.decoder = frames.Decoder()
        self.outgoing = bytearray()
        self.pid = None
        self.answered = False


class Template:
    """A running template process and the socket that orders lanes from it."""

    def __init__(self, argv, preload, settings):
        self.command, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        number = theirs.fileno()
        self.process = subprocess.Popen(
            [*argv, os.path.join(HERE, "template.py"), str(number)],
            pass_fds=(number,),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            env={"PATH": "/usr/local/bin:/usr/bin:/bin", "LANG": "C.UTF-8", "PYTHONHASHSEED": "0",
                 "PYTHONDONTWRITEBYTECODE": "1", "OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1"},
        )  # fmt: skip
        theirs.close()
        self.command.settimeout(60)
        self.command.sendall(json.dumps({**settings, "preload": preload}).encode())
        answer = self.command.recv(65536)
        if not answer:
            raise Ended("template_failed")
        self.facts = json.loads(answer)

    def fork_lane(self):
        ours, theirs = socket.socketpair()
        socket.send_fds(self.command, [b"L"], [theirs.fileno()])
        theirs.close()
        return ours


class Agent:
    def __init__(self, host, token):
        self.host = host
        self.token = token
        self.nonce = os.urandom(16).hex()
        self.selector = selectors.DefaultSelector()
        self.lanes = {}
        self.templates = {}
        self.config = None
        self.lease_until = time.monotonic() + 60
        self.single_use = False

    def run(self):
        self.selector.register(self.host.reader, selectors.EVENT_READ, self.read_host)
        self.send_json(frames.HELLO, {"versions": [VERSION], "nonce": self.nonce})
        try:
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

    def send_json(self, kind, value, channel=0):
        self.host.send(frames.encode_json(kind, channel, value), control=kind in frames.CONTROL)

    def say_bye(self, reason, detail=""):
        self.send_json(frames.BYE, {"reason": reason, "detail": detail})
        os.set_blocking(self.host.writer, True)
        # A host that does not read must not keep the sandbox; without a handler an init process ignores the signal.
        signal.signal(signal.SIGALRM, lambda *_: os._exit(1))
        signal.alarm(5)
        try:
            self.host.flush()
        except Ended:
            pass

    def watch_writer(self, wanted):
        watched = self.host.writer in self.selector.get_map()
        if wanted and not watched:
            self.selector.register(self.host.writer, selectors.EVENT_WRITE, lambda: None)
        elif watched and not wanted:
            self.selector.unregister(self.host.writer)

    def next_timeout(self):
        at = min([self.lease_until, *(lane.kill_at for lane in self.lanes.values())])
        return max(0.0, at - time.monotonic()) + 0.001

    def check_time(self):
        now = time.monotonic()
        if now >= self.lease_until:
            raise Ended("lease_expired")
        for lane in [lane for lane in self.lanes.values() if now >= lane.kill_at]:
            self.fault(lane, "lane_stalled", "no answer in time")
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
            for lane in self.lanes.values():
                if lane.pid == pid:
                    lane.pid = None  # the number may name another process from now on

    def read_host(self):
        try:
            data = os.read(self.host.reader, 1 << 16)
        except BlockingIOError:
            return
        if not data:
            raise Ended("host_gone")
        for kind, channel, payload in self.host.decoder.feed(data):
            self.handle(kind, channel, payload)

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
        elif channel in self.lanes:
            if kind == frames.CANCEL:
                self.fault(self.lanes[channel], "cancelled", "")
            elif kind in (frames.DATA, frames.END, frames.CREDIT):
                self.to_lane(self.lanes[channel], frames.encode(kind, channel, payload))
        # Frames of a channel that has just closed are late, not wrong.

    def authenticate(self, auth):
        expected = self.proof("host", auth["nonce"])
        if auth.get("version") != VERSION or not hmac.compare_digest(expected, auth.get("proof", "")):
            raise Ended("auth_failed")
        config = auth["config"]
        self.lease_until = time.monotonic() + config["lease_ms"] / 1000
        settings = {key: config[key] for key in ("scratch_bytes", "scratch_inodes", "body_bytes", "counts_own_user")}
        refused = {}
        for mode in ["B", "C"] if config["mode"] == "auto" else [config["mode"]]:
            for template in self.templates.values():
                template.command.close()
                template.process.wait()
            self.templates = {}
            self.settings = {**settings, "mode": mode}
            for name, interpreter in config["interpreters"].items():
                if interpreter["preload"] or len(config["interpreters"]) == 1:
                    self.templates[name] = self.start_template(interpreter)
            reason = self.probe()
            if not reason:
                break
            refused[mode] = reason
        else:
            raise Ended("mode_unavailable", json.dumps(refused))
        self.config = config
        self.single_use = mode == "C"
        facts = {name: template.facts for name, template in self.templates.items()}
        proof = self.proof("agent", auth["nonce"])
        self.send_json(frames.READY, {"proof": proof, "mode": mode, "features": FEATURES, "interpreters": facts,
                                      "refused": refused})  # fmt: skip

    def start_template(self, interpreter):
        return Template(interpreter["argv"], interpreter["preload"], self.settings)

    def template(self, name):
        """The template of an interpreter; one without imports to load is started when it is first wanted."""
        if name in self.config["interpreters"] and name not in self.templates:
            self.templates[name] = self.start_template(self.config["interpreters"][name])
        return self.templates.get(name)

    def proof(self, side, nonce):
        text = "%s|%s|%s" % (side, self.nonce, nonce)
        return hmac.new(self.token, text.encode(), hashlib.sha256).hexdigest()

    def probe(self):
        """Makes a lane and drops it: the reason why it failed, or nothing."""
        for template in self.templates.values():
            sock = template.fork_lane()
            sock.settimeout(20)
            decoder, seen = frames.Decoder(), []
            # A lane that waits for its request has succeeded; READY alone comes before its mounts.
            sock.sendall(frames.encode_json(frames.OPEN, 1, {"op": "probe"}) + frames.encode(frames.END, 1, b"\0"))
            while not any(kind == frames.FAULT for kind, _, _ in seen):
                data = sock.recv(65536)
                if not data:
                    return "the lane died"
                seen += decoder.feed(data)
            fault = frames.decode_json(next(payload for kind, _, payload in seen if kind == frames.FAULT))
            sock.close()
            if fault["code"] != "bad_request":
                return fault["detail"]
        return ""

    def open(self, channel, payload):
        header = frames.decode_json(payload)
        if channel in self.lanes:
            raise frames.ProtocolError("channel %d is open" % channel)
        template = self.template(header.get("interpreter"))
        if header.get("op") != "run" or template is None or len(self.lanes) >= _MAX_CHANNELS:
            detail = "unknown operation or interpreter, or more than %d channels" % _MAX_CHANNELS
            self.send_json(frames.FAULT, {"code": "bad_request", "detail": detail}, channel)
            return
        sock = template.fork_lane()
        sock.setblocking(False)
        kill_at = time.monotonic() + (header["limits"]["wall_ms"] + _GRACE_MS) / 1000
        lane = Lane(channel, sock, kill_at)
        self.lanes[channel] = lane
        self.selector.register(sock, selectors.EVENT_READ, lambda: self.service(lane))
        self.to_lane(lane, frames.encode(frames.OPEN, channel, payload))

    def to_lane(self, lane, frame):
        """Bounded by the credit that the lane gave the host."""
        lane.outgoing += frame
        self.write_lane(lane)

    def write_lane(self, lane):
        try:
            while lane.outgoing:
                del lane.outgoing[: lane.sock.send(lane.outgoing)]
        except BlockingIOError:
            pass
        except OSError:
            lane.outgoing.clear()  # its end is seen by the reader
        events = selectors.EVENT_READ | (selectors.EVENT_WRITE if lane.outgoing else 0)
        self.selector.modify(lane.sock, events, lambda: self.service(lane))

    def service(self, lane):
        if lane.channel not in self.lanes:
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
            self.fault(lane, "lane_lost", "the lane ended without an answer")
            return
        for kind, channel, payload in lane.decoder.feed(data):
            if kind == frames.READY:
                lane.pid = frames.decode_json(payload)["pid"]
            elif kind in (frames.RESULT, frames.FAULT):
                lane.answered = True
                self.host.send(frames.encode(kind, lane.channel, payload))
                self.close(lane)
                return
            elif kind in (frames.DATA, frames.CREDIT) and channel == lane.channel:
                self.host.send(frames.encode(kind, channel, payload), control=kind == frames.CREDIT)

    def fault(self, lane, code, detail):
        self.send_json(frames.FAULT, {"code": code, "detail": detail}, lane.channel)
        self.close(lane)

    def close(self, lane):
        """Kills the lane if it still lives; in its own PID namespace that ends everything it ever started."""
        del self.lanes[lane.channel]
        self.selector.unregister(lane.sock)
        lane.sock.close()
        if lane.pid and not lane.answered:
            try:
                os.kill(lane.pid, signal.SIGKILL)
            except ProcessLookupError:
                pass
        if self.single_use:
            raise Ended("used_up")


def main():
    linux.set_dumpable(False)
    token = os.environ.pop("SANDLOT_TOKEN", "").encode()
    # Frames alone go to the host: whatever prints goes to standard error.
    reader, writer = os.dup(0), os.dup(1)
    null = os.open(os.devnull, os.O_RDWR)
    os.dup2(null, 0)
    os.dup2(2, 1)
    Agent(Host(reader, writer), token).run()


if __name__ == "__main__":
    main()
