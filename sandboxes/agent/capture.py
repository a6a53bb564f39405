"""What is kept of a program's output."""

import os

CHUNK = 1 << 16
# Chunks at a time: a flood must not starve the clock.
_CHUNKS = 16


class Capture:
    """Keeps the first and the last bytes of a stream in bounded memory and counts the rest.

    `keep` is split into a head of three quarters and a tail of one quarter; nothing is dropped while the stream
    stays within `keep`. `forward` gets what belongs to the head, as it comes.
    """

    def __init__(self, keep, forward=None):
        self._forward = forward
        self._head_limit = keep - keep // 4
        self._tail_limit = keep // 4
        self._head = bytearray()
        self._tail = bytearray()
        self.total = 0

    def write(self, data):
        self.total += len(data)
        room = self._head_limit - len(self._head)
        head = data[:room] if room > 0 else b""
        if head:
            self._head += head
            data = data[room:]
            if self._forward:
                self._forward(head)
        if data:
            self._tail += data
            # Trimmed at twice the limit, so that a flood of small writes costs linear time.
            if len(self._tail) > 2 * self._tail_limit:
                del self._tail[: len(self._tail) - self._tail_limit]

    def drain(self, descriptor):
        """Reads what is there, up to a bound; False at the end of the pipe."""
        for _ in range(_CHUNKS):
            try:
                data = os.read(descriptor, CHUNK)
            except BlockingIOError:
                return True
            if not data:
                return False
            self.write(data)
            if len(data) < CHUNK:
                return True
        return True

    def result(self):
        """The kept bytes, head and tail joined, and how the host takes them apart."""
        if len(self._tail) > self._tail_limit:
            del self._tail[: len(self._tail) - self._tail_limit]
        kept = bytes(self._head + self._tail)
        return kept, {"bytes": self.total, "dropped": self.total - len(kept), "head": len(self._head)}
