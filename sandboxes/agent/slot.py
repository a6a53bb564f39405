"""The candidate's side of a run: what happens in the fork of a zygote until the program runs.

Nothing here is trusted once the order has been read: the program shares this process and may change all of it.
What counts is measured and decided by the lane, which is another process.
"""

import json
import os
import signal
import socket

import bridge
import linux
import notebook
import order
import program

# Standard input, output and error, orders, replies.
DESCRIPTORS = 5
ORDERS, REPLIES = 3, 4
_SHELL = os.path.join(os.path.dirname(os.path.abspath(__file__)), "shell.bash")


def begin(descriptors, user, interpreter):
    """The first and last thing that a fork of the zygote does. Never returns."""
    try:
        _enter(descriptors, user)
        if interpreter["kind"] == "fork":
            _live()
        os.execv(interpreter["argv"][0], interpreter["argv"])
    except BaseException as error:
        os.write(2, ("slot: %r\n" % error).encode("utf-8", "replace"))
    finally:
        os._exit(125)


def _enter(descriptors, user):
    """Makes the calling process the candidate's. Irrevocable.

    Its number on the last descriptor says that everything is done, so that the lane can tell a failure of this from
    one of the program. `user`: of the slot alone, or None. The filter is the zygote's and holds here already.
    """
    # They may lie where others of them are to go.
    high = [os.dup(descriptor) if descriptor < DESCRIPTORS else descriptor for descriptor in descriptors]
    for number, descriptor in enumerate(high):
        os.dup2(descriptor, number)
    linux.close_above(DESCRIPTORS)
    os.setsid()
    if user:
        os.setresgid(user, user, user)
        os.setresuid(user, user, user)
        linux.drop_capabilities()
    os.chdir("/workspace")
    linux.set_dumpable(True)  # its own /proc entries are the candidate's; the zygote's and the lane's stay closed to it
    os.write(REPLIES, b"%d" % os.getpid())


def _live():
    """Waits for the order and carries it out. Never returns."""
    told = order.read(ORDERS)
    if told is None:
        os._exit(0)
    what, source, prelude = told
    os.environ.update(what["env"])
    if what["do"] == "notebook":
        program.become_main(what["args"])
        notebook.serve(ORDERS, REPLIES)
    if what["do"] == "shell":
        # Bash keeps the two descriptors to itself; what it starts does not get them.
        _execute([*what["argv"], _SHELL])
    if what["do"] in ("candidate", "tests"):
        _take_part(what, source, prelude)
    if what["do"] == "python":
        os.close(ORDERS)
        os.close(REPLIES)
        program.run(source, prelude.decode(), what["args"], what["file"])
    if what["joined"]:
        _join(inheritable=True)
    else:
        os.close(ORDERS)
        os.close(REPLIES)
    _execute(what["argv"])


def _join(inheritable):
    """Puts this end of a call bridge in the place of the descriptor that orders came on."""
    orders = socket.socket(fileno=ORDERS)
    _, (end,), _, _ = socket.recv_fds(orders, 1, 1)
    orders.detach()
    os.dup2(end, ORDERS, inheritable=inheritable)
    os.close(end)
    os.close(REPLIES)


def _take_part(what, source, prelude):
    """Calls over a bridge, or is called. Never returns."""
    _join(inheritable=False)
    if what["do"] == "tests":
        bridge.run_tests(ORDERS, source, json.loads(prelude))
    else:
        bridge.serve_candidate(ORDERS, source, prelude.decode(), {"args": what["args"], "file": what["file"]})


def _execute(argv):
    """Replaces the process; a program that cannot be started exits like a shell says it: 127 or 126."""
    try:
        os.execvpe(argv[0], argv, os.environ)
    except FileNotFoundError:
        code, reason = 127, "not found"
    except OSError as error:
        code, reason = 126, error.strerror
    os.write(2, ("%s: %s\n" % (argv[0], reason)).encode("utf-8", "surrogateescape"))
    os._exit(code)
