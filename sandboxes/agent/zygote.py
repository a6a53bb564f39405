"""A zygote: the process of a lane that slots are forked from. It is walled in like a candidate before the first.

The lane itself never forks for a run, so that the two share no page that either of them writes to; and what a slot
must go through once, walls and filter, its zygote went through already. It holds no secret and listens to its lane
alone. A candidate of its own user (mode B) may kill or stop it: the lane then answers for the slot and ends.
"""

import os
import select
import signal
import socket
import struct

import limits
import linux
import program
import slot

# Wait status, processor time in microseconds, peak memory in KiB.
_END = struct.Struct("=iqq")


class Zygote:
    """The lane's side."""

    def __init__(self, interpreter, keeps, seccomp):
        """`keeps`: capabilities that the zygote needs to give slots a user of their own."""
        self._socket, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        self.pid = os.fork()
        if self.pid == 0:
            try:
                _prepare(theirs, interpreter["kind"])
                _wall_in(keeps, seccomp)
                _serve(socket.socket(fileno=_COMMANDS), interpreter)
            except BaseException as error:
                os.write(2, ("zygote: %r\n" % error).encode("utf-8", "replace"))
            finally:
                os._exit(125)
        theirs.close()

    def fork(self, descriptors, user):
        """Starts a slot with these descriptors as its first ones; raises OSError when the zygote has gone."""
        # A slot of its own user (mode B) may have stopped it with its last breath.
        os.kill(self.pid, signal.SIGCONT)
        socket.send_fds(self._socket, [b"%d" % user if user else b"-"], descriptors)

    def end_of_slot(self, seconds):
        """(status, processor seconds, peak bytes) of the slot that has ended; None when there is no word of it in time."""
        if not select.select([self._socket], [], [], seconds)[0]:
            return None
        message = self._socket.recv(_END.size)
        if len(message) < _END.size:
            return None
        status, cpu, peak = _END.unpack(message)
        return status, cpu / 1e6, peak << 10

    def fileno(self):
        """Readable when it has a word to say, or has gone."""
        return self._socket.fileno()

    def close(self):
        self._socket.close()


_COMMANDS = 3


def _prepare(commands, kind):
    linux.set_dumpable(False)
    os.dup2(commands.fileno(), _COMMANDS, inheritable=False)
    linux.close_above(_COMMANDS + 1)
    if kind == "fork":
        program.prepare_streams()


def _wall_in(keeps, seccomp):
    os.setsid()
    os.umask(0o022)
    for number in (signal.SIGCHLD, signal.SIGTERM, signal.SIGHUP, signal.SIGPIPE, signal.SIGXFSZ, signal.SIGINT):
        signal.signal(number, signal.SIG_DFL)
    os.environ.clear()
    if keeps:
        os.setgroups([])
    limits.apply_to_all()
    linux.keep_capabilities(keeps)
    seccomp.install()


def _serve(commands, interpreter):
    while True:
        user, descriptors, _, _ = socket.recv_fds(commands, 64, slot.DESCRIPTORS)
        if not user:
            os._exit(0)
        pid = linux.fork()
        if pid == 0:
            slot.begin(descriptors, None if user == b"-" else int(user), interpreter)
        for descriptor in descriptors:
            os.close(descriptor)
        _, status, usage = os.wait4(pid, 0)
        cpu = int((usage.ru_utime + usage.ru_stime) * 1e6)
        commands.send(_END.pack(status, cpu, usage.ru_maxrss))
