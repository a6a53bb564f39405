"""Tar archives of regular files and folders, and of nothing else, within limits. Both sides may be hostile."""

import io
import os
import stat

_MAX_ENTRIES = 20_000
_MAX_DEPTH = 64


def read(data):
    """(path, bytes, mode) of every file. ValueError for links, devices, sparse files and names that leave the folder."""
    import tarfile  # seldom needed, and large

    try:
        yield from _members(tarfile, data)
    except tarfile.TarError as error:
        raise ValueError("not an archive: %s" % error) from None


def _members(tarfile, data):
    entries = 0
    with tarfile.open(fileobj=io.BytesIO(data), mode="r:") as archive:
        while (member := archive.next()) is not None:
            entries += 1
            if entries > _MAX_ENTRIES:
                raise ValueError("an archive of more than %d entries" % _MAX_ENTRIES)
            # The archive keeps a list of everything it has seen.
            archive.members.clear()
            if member.isdir():
                continue
            if member.type not in (tarfile.REGTYPE, tarfile.AREGTYPE) or member.issparse():
                raise ValueError("%r is not a regular file" % member.name)
            if member.size > len(data):
                raise ValueError("%r says it is larger than the archive" % member.name)
            path = member.name[2:] if member.name.startswith("./") else member.name
            yield path, archive.extractfile(member).read(), member.mode


def write(folder, limit, open_regular, open_folder):
    """The archive of a folder given by descriptor; None when it would be larger than `limit` or has too many entries."""
    import tarfile

    buffer = io.BytesIO()
    entries = 0
    try:
        with tarfile.open(fileobj=buffer, mode="w", format=tarfile.PAX_FORMAT) as archive:
            for path, descriptor in _files_below(folder, "", 0, open_regular, open_folder):
                with os.fdopen(descriptor, "rb") as file:
                    entries += 1
                    data = file.read(max(0, limit - buffer.tell()) + 1)
                    if entries > _MAX_ENTRIES or buffer.tell() + len(data) > limit:
                        return None
                    member = tarfile.TarInfo(path)
                    member.size, member.mode = len(data), stat.S_IMODE(os.fstat(descriptor).st_mode)
                    archive.addfile(member, io.BytesIO(data))
    except RecursionError:
        return None
    return buffer.getvalue() if buffer.tell() <= limit + tarfile.RECORDSIZE else None


def _files_below(folder, prefix, depth, open_regular, open_folder):
    for name in sorted(os.listdir(folder)):
        try:
            kind = os.stat(name, dir_fd=folder, follow_symlinks=False).st_mode
            if stat.S_ISREG(kind):
                descriptor = open_regular(name, folder)
                if descriptor is not None:
                    yield prefix + name, descriptor
            elif stat.S_ISDIR(kind) and depth < _MAX_DEPTH:
                below = open_folder(name, folder)
                try:
                    yield from _files_below(below, "%s%s/" % (prefix, name), depth + 1, open_regular, open_folder)
                finally:
                    os.close(below)
        except OSError:
            continue  # gone, or closed to us: as if it were not there
