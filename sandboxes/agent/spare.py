"""A spare: a slot made ahead of the request, entered and waiting. It serves one request and is never used again."""

import fcntl
import json
import os
import select
import socket
import time

import linux
import order

# Not in every supported version of the fcntl module; the values are those of linux/fcntl.h.
_F_ADD_SEALS = 1033
_ENTER_SECONDS = 3
_SEAL_EVERYTHING = 0x1 | 0x2 | 0x4 | 0x8


class Spare:
    """The lane's side of a waiting slot: its process, its pipes, and the way to give it its order."""

    def __init__(self, zygote, kind, user):
        self.python = kind == "fork"
        self._stdin = os.memfd_create("stdin", os.MFD_CLOEXEC | os.MFD_ALLOW_SEALING)
        reader = os.open("/proc/self/fd/%d" % self._stdin, os.O_RDONLY | os.O_CLOEXEC)
        # The slot's own, so that it may open them once more by name (/dev/stderr).
        with linux.acting_as(user):
            (self.stdout, out), (self.stderr, err) = os.pipe(), os.pipe()
        # A socket, since a slot that is to be joined to another gets a descriptor after its order.
        self._orders, orders = socket.socketpair()
        self.orders = self._orders.fileno()
        self.replies, replies = os.pipe()
        theirs = (reader, out, err, orders.detach(), replies)
        zygote.fork(theirs, user)
        for descriptor in theirs:
            os.close(descriptor)
        # Comes when the slot has been entered, or ends when it never will be: a few hundred microseconds.
        if not select.select([self.replies], [], [], _ENTER_SECONDS)[0]:
            raise OSError("the slot was not entered in time")
        number = os.read(self.replies, 16)
        if not number:
            raise OSError("the slot could not be entered: %s" % os.read(self.stderr, 500).decode("utf-8", "replace"))
        self.pid = int(number)
        #: Readable when the slot's first process has ended, by the zygote's word.
        self.handle = zygote.fileno()

    def has_ended(self):
        """Somebody has killed it while it waited, or its zygote."""
        return bool(select.select([self.handle], [], [], 0)[0])

    def feed(self, stdin):
        """Its standard input, complete before it starts: it may read at its own pace or not at all."""
        view = memoryview(stdin)
        while view:
            view = view[os.write(self._stdin, view) :]
        fcntl.fcntl(self._stdin, _F_ADD_SEALS, _SEAL_EVERYTHING)
        os.close(self._stdin)

    def release(self, what, source, prelude, bridge=None):
        """Hands over the order, and the descriptor `bridge`. From the last byte on the candidate runs; answers the time of that."""
        if self.python:
            data = order.encode(what, source, prelude)
        else:
            data = json.dumps({key: what[key] for key in ("source", "args", "env")}).encode() + b"\n"
        view = memoryview(data)
        while view:
            view = view[os.write(self.orders, view) :]
        if bridge is not None:
            socket.send_fds(self._orders, [b"b"], [bridge])
        return time.monotonic()

    def close(self):
        self._orders.close()
        for descriptor in (self.stdout, self.stderr, self.replies):
            os.close(descriptor)
