"""Files into and out of a workspace, without following anything the candidate may have planted.

Called with the rights of the slot's user (linux.acting_as), where it has one of its own.
"""

import errno
import os
import stat

import archives

WORKSPACE = "/workspace"


def parts_of(path):
    """The components of a relative path; ValueError when it is empty, absolute, or leaves the workspace."""
    if not path or path.startswith("/") or "\0" in path:
        raise ValueError("not a relative path")
    parts = path.split("/")
    if any(part in ("", ".", "..") or len(part.encode("utf-8", "surrogateescape")) > 255 for part in parts):
        raise ValueError("not a plain relative path")
    return parts


def lay_out(manifest, data, held):
    """Writes the files of a manifest; `data` has the bytes of those that are not held, one after another."""
    at = 0
    for entry in manifest:
        if "held" in entry:
            descriptor = held[entry["held"]]
            content = memoryview(os.pread(descriptor, os.fstat(descriptor).st_size, 0))
        else:
            content = data[at : at + entry["size"]]
            at += entry["size"]
        if entry.get("archive"):
            folder = "" if entry["path"] == "." else "/".join(parts_of(entry["path"])) + "/"
            for path, part, mode in archives.read(content):
                write_file(folder + path, part, mode)
        else:
            write_file(entry["path"], content, entry["mode"])


def write_file(path, data, mode):
    """Writes a new file, with the folders it needs; FileExistsError when there is one."""
    *folders, name = parts_of(path)
    folder = _open_folder(folders)
    try:
        flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW | os.O_CLOEXEC
        descriptor = os.open(name, flags, 0o600, dir_fd=folder)
    finally:
        os.close(folder)
    try:
        view = memoryview(data)
        while view:
            view = view[os.write(descriptor, view) :]
        os.fchmod(descriptor, mode & 0o777)
    finally:
        os.close(descriptor)


def replace_file(path, data, mode):
    """Like `write_file`, but takes the place of a file or link that has the name."""
    *folders, name = parts_of(path)
    folder = _open_folder(folders)
    try:
        os.unlink(name, dir_fd=folder)
    except FileNotFoundError:
        pass
    finally:
        os.close(folder)
    write_file(path, data, mode)


def _open_folder(parts, make=True):
    """A descriptor of a folder below the workspace, reached without links; makes what is missing when told to."""
    folder = os.open(WORKSPACE, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    for part in parts:
        try:
            if make:
                try:
                    os.mkdir(part, 0o755, dir_fd=folder)
                except FileExistsError:
                    pass
            below = open_folder(part, folder)
        finally:
            os.close(folder)
        folder = below
    return folder


def open_folder(name, folder):
    """A descriptor of a folder that is none by way of a link; OSError otherwise."""
    descriptor = os.open(name, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC, dir_fd=folder)
    # gVisor follows a link all the same.
    if stat.S_ISLNK(os.stat(name, dir_fd=folder, follow_symlinks=False).st_mode):
        os.close(descriptor)
        raise OSError(errno.ELOOP, "a link")
    return descriptor


def fetch(channel, wanted, first_stream):
    """Sends the files that were asked for and answers what each of them was."""
    report = []
    for index, output in enumerate(wanted):
        status, data = (read_folder if output.get("archive") else read_file)(output["path"], output["limit"])
        report.append({"path": output["path"], "status": status, "size": len(data)})
        channel.send_stream(first_stream + index, data)
    return report


def read_file(path, limit):
    """(status, bytes) of a file after the candidate ran; it may be anything, so each step opens without following.

    Status: ok, missing, refused (link, folder, device, pipe), too_large (then without bytes).
    """
    try:
        *folders, name = parts_of(path)
        folder = _open_folder(folders, make=False)
        try:
            descriptor = open_regular(name, folder)
        finally:
            os.close(folder)
    except OSError as error:
        return ("missing" if error.errno == errno.ENOENT else "refused"), b""
    if descriptor is None:
        return "refused", b""
    with os.fdopen(descriptor, "rb") as file:
        data = file.read(limit + 1)
    return ("too_large", b"") if len(data) > limit else ("ok", data)


def read_folder(path, limit):
    """(status, tar archive) of a folder; like `read_file`, with only regular files and folders in it."""
    try:
        folder = _open_folder([] if path == "." else parts_of(path), make=False)
    except OSError as error:
        return ("missing" if error.errno == errno.ENOENT else "refused"), b""
    try:
        data = archives.write(folder, limit, open_regular, open_folder)
    finally:
        os.close(folder)
    return ("too_large", b"") if data is None else ("ok", data)


def open_regular(name, folder):
    """A descriptor of a regular file, None of anything else. A pipe is not waited for, a link not followed."""
    flags = os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_NOCTTY | os.O_CLOEXEC
    descriptor = os.open(name, flags, dir_fd=folder)
    if stat.S_ISREG(os.fstat(descriptor).st_mode):
        return descriptor
    os.close(descriptor)
    return None
