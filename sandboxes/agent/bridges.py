"""Sockets that join two runs of a sandbox, each of which gets one end."""

import socket


class Bridges:
    """By number: made when the first run of a pair is opened, and forgotten with the second, which the host opens next."""

    def __init__(self):
        self._ends = {}

    def end(self, number):
        other = self._ends.pop(number, None)
        if other is None:
            other, self._ends[number] = socket.socketpair()
        return other
