"""The lane's end of its socket."""

import os

import frames

_CHUNK = 1 << 16


class Channel:
    """Reads one request and sends its answer, within the host's credit."""

    def __init__(self, control):
        self.control = control
        self._decoder = frames.Decoder()
        self._queue = []
        self._credit = frames.INITIAL_CREDIT
        self.number = 0

    def next_frame(self):
        while not self._queue:
            data = self.control.recv(_CHUNK)
            if not data:
                os._exit(0)  # the agent is gone
            self._queue += self._decoder.feed(data)
        return self._queue.pop(0)

    def read_request(self, limit):
        """The OPEN header and the whole body. Grants credit as the body arrives."""
        kind, self.number, payload = self.next_frame()
        if kind != frames.OPEN:
            raise frames.ProtocolError("expected OPEN")
        header = frames.decode_json(payload)
        body = bytearray()
        consumed = 0
        while True:
            kind, _, payload = self.next_frame()
            if kind == frames.END:
                return header, bytes(body)
            if kind != frames.DATA:
                raise frames.ProtocolError("expected DATA")
            body += payload[1:]
            if len(body) > limit:
                raise frames.ProtocolError("request body above %d bytes" % limit)
            consumed += len(payload) - 1
            if consumed >= frames.INITIAL_CREDIT // 2:
                self.send(frames.CREDIT, consumed.to_bytes(4, "big"))
                consumed = 0

    def send(self, kind, payload):
        self.control.sendall(frames.encode(kind, self.number, payload))

    def send_json(self, kind, value):
        self.control.sendall(frames.encode_json(kind, self.number, value))

    def send_stream(self, stream, data):
        view = memoryview(data)
        prefix = bytes((stream,))
        while view:
            while self._credit == 0:
                kind, _, payload = self.next_frame()
                if kind == frames.CREDIT:
                    self._credit += int.from_bytes(payload, "big")
            size = min(len(view), frames.MAX_DATA, self._credit)
            self.send(frames.DATA, prefix + view[:size])
            self._credit -= size
            view = view[size:]
