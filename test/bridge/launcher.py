"""Runs tests against a candidate in two processes joined by a socketpair, as slots of a sandbox would.

Every argument is a folder with candidate.py, tests.py and options.json; the report is written there. The candidate is
forked first and reads its own source alone, so its memory holds nothing of the tests. Prints both exit statuses.
"""

import json
import os
import socket
import sys

HERE = os.path.dirname(os.path.abspath(__file__))
AGENT = os.path.normpath(os.path.join(HERE, "..", "..", "sandboxes", "agent"))
sys.path.insert(0, AGENT)

import bridge  # noqa: E402

# As the template does: only references are left of what was imported.
sys.path.remove(AGENT)
for name, module in list(sys.modules.items()):
    if (getattr(module, "__file__", None) or "").startswith(AGENT):
        del sys.modules[name]


def run(folder):
    theirs, ours = socket.socketpair()
    pids = []
    for role, mine, other in (("candidate", theirs, ours), ("tests", ours, theirs)):
        pid = os.fork()
        if pid == 0:
            other.close()
            begin(role, mine.detach(), folder)
        pids.append(pid)
    theirs.close()
    ours.close()
    candidate, tests = (os.WEXITSTATUS(os.waitpid(pid, 0)[1]) for pid in pids)
    return {"tests": tests, "candidate": candidate}


def begin(role, descriptor, folder):
    with open(os.path.join(folder, role + ".py"), "rb") as file:
        source = file.read()
    if role == "candidate":
        bridge.serve_candidate(descriptor, source, "", {})
    with open(os.path.join(folder, "options.json")) as file:
        options = json.load(file)
    bridge.run_tests(descriptor, source, {**options, "report": os.path.join(folder, "report.json")})


if __name__ == "__main__":
    print(json.dumps([run(folder) for folder in sys.argv[1:]]))
