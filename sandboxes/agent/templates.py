"""The agent's side of a template: a process that forks lanes on demand."""

import json
import os
import socket
import subprocess

from host import Ended

HERE = os.path.dirname(os.path.abspath(__file__))
_START_SECONDS = 60
_ENVIRONMENT = {
    "PATH": "/usr/local/bin:/usr/bin:/bin", "LANG": "C.UTF-8", "HOME": "/workspace", "PYTHONHASHSEED": "0",
    "PYTHONDONTWRITEBYTECODE": "1", "OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1",
}  # fmt: skip


class Template:
    """A running template process and the socket that orders lanes from it."""

    def __init__(self, interpreter, settings):
        self._command, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        number = theirs.fileno()
        self.process = subprocess.Popen(
            [*interpreter["argv"], os.path.join(HERE, "template.py"), str(number)],
            pass_fds=(number,),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            env=_ENVIRONMENT,
        )
        theirs.close()
        self._command.settimeout(_START_SECONDS)
        self._command.sendall(json.dumps({**settings, "preload": interpreter["preload"]}).encode())
        answer = self._command.recv(65536)
        if not answer:
            raise Ended("template_failed")
        self.facts = json.loads(answer)

    def fork_lane(self, **own):
        """The agent's end of a new lane's socket. `own`: the lane's settings beside the template's."""
        ours, theirs = socket.socketpair()
        socket.send_fds(self._command, [json.dumps(own).encode()], [theirs.fileno()])
        theirs.close()
        return ours

    def stop(self):
        self._command.close()
        self.process.wait()
