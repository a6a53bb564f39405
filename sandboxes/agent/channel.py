"""The lane's end of its socket: one operation of the host at a time."""

import os
import socket

import frames

_CHUNK = 1 << 16
_MAX_HELD = 64


class Channel:
    """Reads requests and sends answers, within the host's credit for each."""

    def __init__(self, control):
        self.control = control
        self.number = 0
        self._decoder = frames.Decoder()
        self._queue = []
        self._descriptors = []
        self._credit = frames.INITIAL_CREDIT
        # Frames of an answer that is not complete.
        self._unsent = bytearray()

    def fileno(self):
        return self.control.fileno()

    def next_frame(self):
        while not self._queue:
            self._receive(0)
        return self._queue.pop(0)

    def take(self):
        """The next frame if one has arrived, else None; CREDIT is only taken note of."""
        try:
            self._receive(socket.MSG_DONTWAIT)
        except BlockingIOError:
            pass
        while self._queue:
            frame = self._queue.pop(0)
            if not self._is_credit(frame):
                return frame
        return None

    def _receive(self, flags):
        data, descriptors, _, _ = socket.recv_fds(self.control, _CHUNK, _MAX_HELD, flags)
        self._descriptors += descriptors
        if not data:
            os._exit(0)  # the agent is gone
        self._queue += self._decoder.feed(data)

    def _is_credit(self, frame):
        kind, _, payload = frame
        if kind == frames.CREDIT:
            self._credit += int.from_bytes(payload, "big")
        return kind == frames.CREDIT

    def read_request(self, limit):
        """(header, body, held): the OPEN header, the whole body, and descriptors of held bytes by number."""
        self.drop_held()
        self._credit = frames.INITIAL_CREDIT
        while True:
            kind, self.number, payload = self.next_frame()
            if kind == frames.OPEN:
                break
            # Credit for the answer before came after its end.
        header = frames.decode_json(payload)
        body = self.read_body(limit)
        return header, body, dict(zip(header.get("held", ()), self._descriptors))

    def read_body(self, limit):
        """DATA until END. Grants credit as it arrives."""
        body = bytearray()
        consumed = 0
        while True:
            kind, _, payload = self.next_frame()
            if kind == frames.END:
                return bytes(body)
            if kind != frames.DATA:
                raise frames.ProtocolError("expected DATA")
            body += memoryview(payload)[1:]
            if len(body) > limit:
                raise frames.ProtocolError("request body above %d bytes" % limit)
            consumed += len(payload) - 1
            if consumed >= frames.INITIAL_CREDIT // 2:
                self._send(frames.CREDIT, consumed.to_bytes(4, "big"))
                consumed = 0

    def drop_held(self):
        for descriptor in self._descriptors:
            os.close(descriptor)
        self._descriptors = []

    def _send(self, kind, payload):
        self._unsent += frames.encode(kind, self.number, payload)
        self._flush()

    def _flush(self):
        unsent, self._unsent = self._unsent, bytearray()
        self.control.sendall(unsent)

    def send_json(self, kind, value):
        self._unsent += frames.encode_json(kind, self.number, value)
        self._flush()

    def send_stream(self, stream, data):
        """Part of an answer: the rest of it is sent together with the JSON that ends it."""
        view = memoryview(data)
        while view:
            while self._credit == 0:
                self._is_credit(self.next_frame())
            view = view[self._send_data(stream, view, more=len(view) < frames.MAX_DATA) :]

    def forward(self, stream, data):
        """Sends what the present credit takes, and no more: the program never waits for a slow reader."""
        if self._credit < len(data):
            frame = self.take()
            self._queue[:0] = [frame] if frame else []
        view = memoryview(data)[: self._credit]
        while view:
            view = view[self._send_data(stream + frames.LIVE, view) :]

    def _send_data(self, stream, view, more=False):
        size = min(len(view), frames.MAX_DATA, self._credit)
        self._unsent += frames.encode(frames.DATA, self.number, bytes((stream,)) + view[:size])
        if not more or self._credit == size:
            self._flush()
        self._credit -= size
        return size
