"""The byte stream to the host: standard input and output, a Unix socket, or TCP."""

import os
import socket

_ACCEPT_SECONDS = 120


def open_stream(arguments):
    """(reader, writer) descriptors. `[]`, `["connect", path]` of a Unix socket, or `["listen", "host:port"]`."""
    if not arguments:
        reader, writer = os.dup(0), os.dup(1)
    elif arguments[0] == "connect":
        stream = socket.socket(socket.AF_UNIX)
        stream.connect(arguments[1])
        reader = writer = stream.detach()
    else:
        reader = writer = _accept(arguments[1]).detach()
    # Frames alone go to the host: whatever prints goes to standard error.
    null = os.open(os.devnull, os.O_RDWR)
    os.dup2(null, 0)
    os.dup2(2, 1)
    return reader, writer


def _accept(address):
    """The first connection; nobody else can connect afterwards. It still has to prove that it knows the token."""
    host, _, port = address.rpartition(":")
    with socket.create_server((host, int(port)), backlog=1) as listener:
        listener.settimeout(_ACCEPT_SECONDS)
        stream, _ = listener.accept()
    stream.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    return stream
