"""Commands in environments that are thrown away: nothing of the machine can be written, and nothing outlives them."""

import os
import resource
import subprocess

BUBBLEWRAP = ["bwrap", "--ro-bind", "/", "/", "--tmpfs", "/tmp", "--tmpfs", "/run", "--proc", "/proc", "--dev", "/dev"]
BUBBLEWRAP += ["--unshare-all", "--die-with-parent", "--new-session", "--dir", "/tmp/work", "--chdir", "/tmp/work"]
ENVIRONMENT = {"PATH": "/usr/bin:/bin", "HOME": "/tmp/work", "LANG": "C.UTF-8"}


def limit():
    """For the programs, which are hostile: processor time, size of a file, processes, open files."""
    os.nice(10)
    for name, value in (("CPU", 20), ("FSIZE", 64 << 20), ("NPROC", 4096), ("NOFILE", 1024)):
        resource.setrlimit(getattr(resource, f"RLIMIT_{name}"), (value, value))


def run(command, given="", seconds=10):
    """What the command printed; when its time is over it is ended."""
    ended = subprocess.run(
        ["timeout", "-k", "1", str(seconds), *BUBBLEWRAP, *command],
        env=ENVIRONMENT,
        input=given.encode(),
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        preexec_fn=limit,
        check=False,
    )
    return ended.stdout.decode(errors="replace")
