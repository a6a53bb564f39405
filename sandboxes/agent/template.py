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

import gvisor  # noqa: E402
import immortal  # noqa: E402
import lane  # noqa: E402
import linux  # noqa: E402
import order  # noqa: E402
import program  # noqa: E402
import seccomp  # noqa: E402


_REHEARSALS = 16
_REHEARSED = b"class A:\n    def f(self, *a, b=1):\n        return [x for x in a if x]\n"


def warm_up():
    """Does what every slot does first, until the interpreter has set up and adapted all that it sets up and adapts on use.

    Every slot would do it again, and copy the pages that it writes to.
    """
    before = sys.argv, sys.path[:], sys.modules["__main__"], (sys.stdin, sys.stdout, sys.stderr)
    for _ in range(_REHEARSALS):
        reader, writer = os.pipe()
        os.write(writer, order.encode({"env": dict(os.environ), "args": []}, _REHEARSED, b""))
        what, source, prelude = order.read(reader)
        os.close(reader)
        os.close(writer)
        os.environ.update(what["env"])
        program.execute(source, prelude, "<warm-up>", program.become_main(what["args"], "<warm-up>"))
        linux.set_dumpable(False)
        sys.path[:] = before[1]
    sys.argv, _, sys.modules["__main__"], (sys.stdin, sys.stdout, sys.stderr) = before


def main():
    command = socket.socket(fileno=int(sys.argv[1]))
    settings = json.loads(command.recv(65536))
    linux.set_dumpable(False)
    if settings["mode"] == "B":
        linux.keep_capabilities(())
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)  # the intermediate parents of lanes need no reaping
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        for name in settings["preload"]:
            importlib.import_module(name)
    # Without namespaces of its own a slot is in the sandbox's network: where there is one, it gets no socket but local ones.
    networked = settings["mode"] != "C" or not settings["has_network"]
    seccomp_program = seccomp.build(networked, sends_descriptors=not gvisor.is_here())
    warm_up()
    # The interpreter's handler, too: an init process that handles a signal can be sent it.
    signal.signal(signal.SIGINT, signal.SIG_DFL)
    sys.path.remove(HERE)
    # A candidate's own `files` or `run` must be found, not ours; the references between ours stay.
    for name, module in list(sys.modules.items()):
        if (getattr(module, "__file__", None) or "").startswith(HERE + os.sep) and name != "__main__":
            del sys.modules[name]
    gc.collect()
    immortal.make_immortal()
    gc.freeze()
    gc.disable()  # a collection would touch, and with it copy, what lanes and slots share; slots enable it again
    linux.gather_memory()
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
