"""Files into and out of a workspace, without following anything the candidate may have planted."""

import errno
import os
import stat

WORKSPACE = "/workspace"


def parts_of(path):
    """The components of a relative path; ValueError when it is empty, absolute, or leaves the workspace."""
    if not path or path.startswith("/") or "\0" in path:
        raise ValueError("not a relative path")
    parts = path.split("/")
    if any(part in ("", ".", "..") or len(part.encode("utf-8", "surrogateescape")) > 255 for part in parts):
        raise ValueError("not a plain relative path")
    return parts


def write_file(path, data, mode):
    """Writes a file before the candidate runs, with the folders it needs."""
    *folders, _ = parts_of(path)
    target = os.path.join(WORKSPACE, path)
    if folders:
        os.makedirs(os.path.dirname(target), exist_ok=True)
    descriptor = os.open(target, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW, mode & 0o777)
    with os.fdopen(descriptor, "wb") as file:
        file.write(data)


def read_file(path, limit):
    """(status, bytes) of a file after the candidate ran; it may be anything, so each step opens without following.

    Status: ok, missing, refused (link, folder, device, pipe), too_large (then without bytes).
    """
    folder = os.open(WORKSPACE, os.O_PATH | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        *folders, name = parts_of(path)
        for part in folders:
            below = os.open(part, os.O_PATH | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC, dir_fd=folder)
            os.close(folder)
            folder = below
        # O_NONBLOCK: opening a pipe must not wait for its writer.
        flags = os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC
        descriptor = os.open(name, flags, dir_fd=folder)
    except OSError as error:
        return ("missing" if error.errno == errno.ENOENT else "refused"), b""
    finally:
        os.close(folder)
    if not stat.S_ISREG(os.fstat(descriptor).st_mode):
        os.close(descriptor)
        return "refused", b""
    with os.fdopen(descriptor, "rb") as file:
        data = file.read(limit + 1)
    return ("too_large", b"") if len(data) > limit else ("ok", data)
