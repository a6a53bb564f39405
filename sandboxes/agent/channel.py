"""The lane's end of its socket: one operation of the host at a time."""

import os
import socket
import struct

import frames

_CHUNK = 1 << 16
# For the descriptors of 64 held files and of a bridge.
_HELD_SPACE = socket.CMSG_SPACE(65 * 4)


class Channel:
    """Reads requests and sends answers, within the host's credit for each."""

    def __init__(self, control):
        self.control = control
        self.number = 0
        self._decoder = frames.Decoder()
        self._queue = []
        self._descriptors = []
        #: The lane's copy of a joined run's end, until it is taken.
        self.bridge = None
        self._credit = frames.INITIAL_CREDIT
        # Bytes of bodies for which the host has got no new credit yet.
        self._consumed = 0
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
        while True:
            while self._queue:
                frame = self._queue.pop(0)
                if not self._is_credit(frame):
                    return frame
            try:
                self._receive(socket.MSG_DONTWAIT)
            except BlockingIOError:
                return None

    def _receive(self, flags):
        # As socket.recv_fds, which drops its flags.
        data, ancillary, _, _ = self.control.recvmsg(_CHUNK, _HELD_SPACE, flags)
        for level, kind, packed in ancillary:
            if (level, kind) == (socket.SOL_SOCKET, socket.SCM_RIGHTS):
                self._descriptors += struct.unpack("%di" % (len(packed) // 4), packed)
        if not data:
            os._exit(0)  # the agent is gone
        self._queue += self._decoder.feed(data)

    def _is_credit(self, frame):
        kind, _, payload = frame
        if kind == frames.CREDIT:
            self._credit += int.from_bytes(payload, "big")
        return kind == frames.CREDIT

    def read_request(self, limit):
        """(header, body, held): the OPEN header, the whole body, and descriptors of held bytes by number. Sets `bridge`."""
        self.drop_held()
        self.bridge = None
        self._credit, self._consumed = frames.INITIAL_CREDIT, 0
        while True:
            kind, self.number, payload = self.next_frame()
            if kind == frames.OPEN:
                break
            # Credit for the answer before came after its end.
        header = frames.decode_json(payload)
        if "bridge" in header:
            self.bridge = self._descriptors.pop()
        body = self.read_body(limit)
        return header, body, dict(zip(header.get("held", ()), self._descriptors))

    def read_body(self, limit):
        """DATA until END. Grants credit as it arrives; word from a host that has changed its mind is kept for later."""
        body = bytearray()
        early = []
        while True:
            kind, _, payload = frame = self.next_frame()
            if kind == frames.END:
                self._queue[:0] = early
                return bytes(body)
            if kind in (frames.INTERRUPT, frames.CANCEL):
                early.append(frame)  # meant for what begins after this
                continue
            if kind != frames.DATA:
                raise frames.ProtocolError("expected DATA")
            body += memoryview(payload)[1:]
            if len(body) > limit:
                raise frames.ProtocolError("request body above %d bytes" % limit)
            self._consumed += len(payload) - 1
            if self._consumed >= frames.INITIAL_CREDIT // 2:
                self._send(frames.CREDIT, self._consumed.to_bytes(4, "big"))
                self._consumed = 0

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
