"""The agent's stream to the host."""

import os
import socket
from collections import deque

import frames


class Ended(Exception):
    """The agent's end, with its reason."""


class Host:
    """Non-blocking in both directions; control frames go before data."""

    def __init__(self, reader, writer):
        self.reader, self.writer = reader, writer
        self._decoder = frames.Decoder()
        self._control, self._data = deque(), deque()
        self._partial = b""
        os.set_blocking(reader, False)
        os.set_blocking(writer, False)

    def receive(self):
        """The frames that have come; raises Ended when the host has gone."""
        try:
            data = os.read(self.reader, 1 << 16)
        except BlockingIOError:
            return ()
        except OSError:
            data = b""
        if not data:
            raise Ended("host_gone")
        return self.decode(data)

    def decode(self, data):
        return self._decoder.feed(data)

    def send(self, frame, control=False):
        (self._control if control else self._data).append(frame)

    def send_json(self, kind, value, channel=0):
        self.send(frames.encode_json(kind, channel, value), control=kind in frames.CONTROL)

    def end(self):
        """Waits until the host has taken everything and closed: what a socket still holds goes with the sandbox's network."""
        if self.reader != self.writer:
            return
        with socket.socket(fileno=self.writer) as stream:
            try:
                stream.shutdown(socket.SHUT_WR)
                while stream.recv(1 << 16):
                    pass
            except OSError:
                pass

    def flush(self):
        """Writes what the stream takes; True when nothing is left."""
        while True:
            if not self._partial:
                queue = self._control or self._data
                if not queue:
                    return True
                self._partial = queue.popleft()
                # Small frames of one answer go together.
                while queue and len(self._partial) + len(queue[0]) <= frames.MAX_FRAME:
                    self._partial += queue.popleft()
            try:
                written = os.write(self.writer, self._partial)
            except BlockingIOError:
                return False
            except OSError:
                raise Ended("host_gone") from None
            self._partial = self._partial[written:]
