"""Lets the host in over TCP, and nobody else.

Whoever can reach the port may connect: probes, scanners, neighbours. Each gets a HELLO of its own and has a few seconds
to prove that it knows the token; the first that does is the host, and from then on nobody listens. Not a byte of a
candidate runs before that, so no candidate ever finds the port open.
"""

import selectors
import socket
import time

import frames
from greeting import Greeting

_WAIT_SECONDS = 120
_PROOF_SECONDS = 10
#: Callers at once; one more takes the place of the one that has stood there longest.
_CALLERS = 8
_ATTEMPTS = 256
_QUEUE = 64
_READ_BYTES = 1 << 16


class _Caller:
    def __init__(self, sock, token):
        self.sock = sock
        self.greeting = Greeting(token)
        self.received = b""
        self.until = time.monotonic() + _PROOF_SECONDS
        self._decoder = frames.Decoder()
        sock.setblocking(False)
        sock.send(self.greeting.hello())

    def has_proved(self):
        """Reads what there is: True for the host, None while nothing is certain; raises when it is somebody else."""
        try:
            data = self.sock.recv(_READ_BYTES)
        except BlockingIOError:
            return None
        self.received += data
        for kind, _, payload in self._decoder.feed(data):
            if kind != frames.AUTH or not self.greeting.accepts(frames.decode_json(payload)):
                raise frames.ProtocolError("not the host")
            return True
        if not data:
            raise frames.ProtocolError("gone")
        return None


def let_host_in(address, token):
    """(socket, its greeting, what was received on it) of the first caller at `host:port` that knows the token."""
    host, _, port = address.rpartition(":")
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.create_server((host, int(port)), family=family, backlog=_QUEUE) as listener:
        listener.setblocking(False)
        return _Door(listener, token).wait()


class _Door:
    def __init__(self, listener, token):
        self._listener = listener
        self._token = token
        self._selector = selectors.DefaultSelector()
        self._selector.register(listener, selectors.EVENT_READ)
        # In the order of their coming.
        self._callers = {}
        self._attempts = 0

    def wait(self):
        deadline = time.monotonic() + _WAIT_SECONDS
        try:
            while time.monotonic() < deadline:
                for key, _ in self._selector.select(self._seconds_until(deadline)):
                    if key.fileobj is self._listener:
                        self._answer_door()
                    elif key.fileobj in self._callers and self._is_host(self._callers[key.fileobj]):
                        return self._admit(self._callers[key.fileobj])
                for caller in [caller for caller in self._callers.values() if caller.until <= time.monotonic()]:
                    self._turn_away(caller)
            raise SystemExit("nobody proved to be the host in time")
        finally:
            for caller in list(self._callers.values()):
                self._turn_away(caller)
            self._selector.close()

    def _seconds_until(self, deadline):
        at = min([deadline, *(caller.until for caller in self._callers.values())])
        return max(0.0, at - time.monotonic()) + 0.001

    def _answer_door(self):
        try:
            sock, _ = self._listener.accept()
        except OSError:
            return  # gone before we came
        self._attempts += 1
        if self._attempts > _ATTEMPTS:
            sock.close()
            raise SystemExit("nobody proved to be the host in %d attempts" % _ATTEMPTS)
        if len(self._callers) >= _CALLERS:
            self._turn_away(next(iter(self._callers.values())))
        try:
            self._callers[sock] = _Caller(sock, self._token)
            self._selector.register(sock, selectors.EVENT_READ)
        except OSError:
            self._callers.pop(sock, None)
            sock.close()

    def _is_host(self, caller):
        try:
            return caller.has_proved()
        except (frames.ProtocolError, OSError, RecursionError):
            self._turn_away(caller)
            return False

    def _admit(self, caller):
        """The others are turned away with the end of the wait."""
        self._selector.unregister(caller.sock)
        del self._callers[caller.sock]
        caller.sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        return caller.sock, caller.greeting, caller.received

    def _turn_away(self, caller):
        self._selector.unregister(caller.sock)
        del self._callers[caller.sock]
        caller.sock.close()
