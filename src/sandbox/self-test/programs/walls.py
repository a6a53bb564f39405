"""Tries what no program may do. Prints, as JSON by name, what it got away with, or null where it was stopped.

Usage: FILE_BYTES SCRATCH_BYTES INODES OPEN_FILES, the limits of the run.
"""

import ctypes
import errno
import json
import os
import socket
import sys

file_bytes, scratch_bytes, inodes, open_files = map(int, sys.argv[1:])
libc = ctypes.CDLL(None, use_errno=True)

CHUNK = bytes(1 << 16)
PTRACE_TRACEME, PR_GET_SECCOMP, PR_GET_NO_NEW_PRIVS, CLONE_NEWUSER = 0, 21, 39, 0x10000000
SECCOMP_MODE_FILTER = 2
# Never assigned to anybody, so nobody is asked anything should there be a way.
NOWHERE = ((socket.AF_INET, "192.0.2.1"), (socket.AF_INET6, "2001:db8::1"))
OURS = ("/workspace", "/tmp", "/dev/shm")
NOT_OURS = ("/", "/bin", "/dev", "/etc", "/home", "/lib", "/opt", "/root", "/run", "/sandlot", "/sandlot/agent", "/usr",
            "/usr/bin", "/usr/local/bin", "/var", "/var/tmp")  # fmt: skip


def file_size():
    return written("large", 2 * file_bytes, (errno.EFBIG,))


def disk():
    for place in OURS:
        for number in range(2 * scratch_bytes // file_bytes):
            escaped = written("%s/part%d" % (place, number), file_bytes, (errno.ENOSPC, errno.ENOENT, errno.EACCES))
            if escaped is None:
                break
        else:
            return "wrote %d bytes into %s, a space of %d" % (2 * scratch_bytes, place, scratch_bytes)
    return None


def written(name, size, expected):
    """Writes a file; None when the kernel stopped it for an expected reason."""
    try:
        with open(name, "wb", buffering=0) as file:
            for _ in range(size // len(CHUNK)):
                if file.write(CHUNK) < len(CHUNK):
                    file.write(CHUNK)
    except OSError as error:
        return None if error.errno in expected else str(error)
    return "wrote a file of %d bytes" % size


def inode_count():
    for place in OURS:
        count = 0
        try:
            folder = os.open(place, os.O_RDONLY | os.O_DIRECTORY)
            while count <= inodes:
                os.close(os.open(str(count), os.O_CREAT | os.O_WRONLY, dir_fd=folder))
                count += 1
        except OSError:
            continue
        return "made %d files in %s" % (count, place)
    return None


def open_file_count():
    held = []
    try:
        while len(held) <= open_files:
            held.append(open("/dev/null"))
    except OSError as error:
        return None if error.errno == errno.EMFILE else str(error)
    finally:
        for file in held:
            file.close()
    return "opened %d files" % len(held)


def network():
    for family, address in NOWHERE:
        try:
            with socket.socket(family, socket.SOCK_DGRAM) as endpoint:
                endpoint.connect((address, 53))  # sends nothing, asks for a route only
            return "there is a route to %s" % address
        except OSError:
            pass
    return None


def root():
    writable = []
    for folder in NOT_OURS:
        try:
            os.close(os.open(os.path.join(folder, ".self-test"), os.O_CREAT | os.O_WRONLY))
            writable.append(folder)
        except OSError:
            pass
    return "wrote into %s" % ", ".join(writable) if writable else None


def privileges():
    with open("/proc/self/status") as file:
        effective = [line.split()[1] for line in file if line.startswith("CapEff:")]
    if os.getuid() == 0 or os.geteuid() == 0:
        return "runs as root"
    if any(int(mask, 16) for mask in effective):
        return "has capabilities %s" % effective[0]
    return None if libc.prctl(PR_GET_NO_NEW_PRIVS, 0, 0, 0, 0) == 1 else "may gain privileges"


def seccomp():
    if libc.prctl(PR_GET_SECCOMP, 0, 0, 0, 0) != SECCOMP_MODE_FILTER:
        return "no filter is installed"
    if libc.unshare(CLONE_NEWUSER) == 0:
        return "made a namespace"
    return "may trace processes" if libc.ptrace(PTRACE_TRACEME, 0, 0, 0) == 0 else None


TRIALS = {
    "file_size": file_size,
    "disk": disk,
    "inodes": inode_count,
    "open_files": open_file_count,
    "network": network,
    "root": root,
    "privileges": privileges,
    "seccomp": seccomp,
}

found = {}
for name, trial in TRIALS.items():
    found[name] = trial()
    for place in filter(os.path.isdir, OURS):
        for leftover in os.listdir(place):
            os.unlink(os.path.join(place, leftover))
print(json.dumps(found))
