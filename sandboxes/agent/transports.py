"""The byte stream to the host: standard input and output, a Unix socket, or TCP."""

import os
import socket

from doorkeeper import let_host_in
from greeting import Greeting


def open_stream(arguments, token):
    """(reader, writer, greeting, received): descriptors, over which HELLO has been said, and what came in answer so far.

    `arguments`: `[]`, `["connect", path]` of a Unix socket, or `["listen", "host:port"]`.
    """
    greeting, received = Greeting(token), b""
    if not arguments:
        reader, writer = os.dup(0), os.dup(1)
    elif arguments[0] == "connect":
        stream = socket.socket(socket.AF_UNIX)
        stream.connect(arguments[1])
        reader = writer = stream.detach()
    else:
        stream, greeting, received = let_host_in(arguments[1], token)
        reader = writer = stream.detach()
    # Frames alone go to the host: whatever prints goes to standard error.
    null = os.open(os.devnull, os.O_RDWR)
    os.dup2(null, 0)
    os.dup2(2, 1)
    if not received:
        os.write(writer, greeting.hello())
    return reader, writer, greeting, received
