"""A template: an interpreter with the usual imports loaded, from which lanes are forked.

Started before any request. It holds no secret, reads nothing but its own command socket, and never runs a
candidate's code. Usage: template.py COMMAND_FD, then one line of JSON settings on the socket.
"""

import gc
import importlib
import json
import os
import signal
import socket
import sys
import warnings

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path[:] = [HERE] + [path for path in sys.path if path not in ("", HERE)]

import lane  # noqa: E402
import linux  # noqa: E402
import program  # noqa: E402
import seccomp  # noqa: E402


def warm_up():
    """Does once what every slot does first, so that no slot pays for what the interpreter sets up on first use."""
    exec(compile("class A:\n    def f(self, *a, b=1):\n        return [x for x in a if x]\n", "<warm-up>", "exec"), {})
    for mode in ("r", "w"):
        with program.open_text(os.open(os.devnull, os.O_RDWR), mode):
            pass


def main():
    command = socket.socket(fileno=int(sys.argv[1]))
    settings = json.loads(command.recv(65536))
    linux.set_dumpable(False)
    if settings["mode"] == "B":
        linux.keep_capabilities(())
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)  # the intermediate parents of lanes need no reaping
    signal.signal(signal.SIGINT, signal.SIG_DFL)  # an init process with a handler could be sent the signal
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        for name in settings["preload"]:
            importlib.import_module(name)
    # Without namespaces of its own a slot is in the sandbox's network: where there is one, it gets no socket but local ones.
    seccomp_program = seccomp.build(networked=settings["mode"] != "C" or not settings["has_network"])
    warm_up()
    sys.path.remove(HERE)
    # A candidate's own `files` or `run` must be found, not ours; the references between ours stay.
    for name, module in list(sys.modules.items()):
        if (getattr(module, "__file__", None) or "").startswith(HERE + os.sep) and name != "__main__":
            del sys.modules[name]
    gc.collect()
    gc.freeze()
    gc.disable()  # a collection would touch, and with it copy, what lanes and slots share; slots enable it again
    command.sendall(json.dumps({"python": sys.version.split()[0]}).encode())
    while True:
        message, descriptors, _, _ = socket.recv_fds(command, 65536, 1)
        if not message:
            os._exit(0)
        own = {**settings, **json.loads(message)}
        for descriptor in descriptors:
            if os.fork() == 0:
                command.close()
                signal.signal(signal.SIGCHLD, signal.SIG_DFL)
                lane.run_lane(descriptor, own, seccomp_program)
            os.close(descriptor)


if __name__ == "__main__":
    main()
