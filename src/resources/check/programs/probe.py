"""Looks for texts that only the tests may know, wherever a program can look, and tells on standard error what it found.

The texts come masked, and what is searched is masked before it is compared: in the clear they are nowhere in here. A
text of its own, made at run time, has to be found in a file, in the environment and in memory, or the search is blind.
"""

import json
import os
import stat
import sys
import time

PLAN = json.loads(PLAN_TEXT)
MASK = bytes(byte ^ 0x5A for byte in range(256))
CHUNK = 1 << 20
FILE_BYTES = 8 << 20
MEMORY_BYTES = 512 << 20
SYSTEM = ("/proc", "/sys", "/usr", "/lib", "/lib32", "/lib64", "/bin", "/sbin", "/boot", "/dev")
ROOTS = (".", os.path.expanduser("~"), "/tmp", "/var/tmp", "/dev/shm", "/run", "/")


class Search:
    def __init__(self):
        self.needles = [bytes.fromhex(text) for text in PLAN["needles"]]
        self.canary = os.urandom(24).hex().encode()
        self.masked = self.canary.translate(MASK)
        self.reach = max([len(needle) for needle in self.needles] + [len(self.masked)])
        self.end = time.process_time() + PLAN["seconds"]
        self.late = time.monotonic() + 2 * PLAN["seconds"]
        self.hits = {}
        self.seen = set()
        self.canaries = []
        self.counts = {"files": 0, "bytes": 0, "regions": 0, "refused": 0}

    def is_over(self):
        return time.process_time() > self.end or time.monotonic() > self.late

    def look(self, data, where, kind):
        masked = data.translate(MASK)
        self.counts["bytes"] += len(data)
        if self.masked in masked and kind not in self.canaries:
            self.canaries.append(kind)
        for index, needle in enumerate(self.needles):
            if needle in masked and index not in self.hits:
                self.hits[index] = where[:120]

    def file(self, path, kind="file"):
        try:
            with open(path, "rb", buffering=0) as file:
                left, rest = FILE_BYTES, b""
                while left > 0 and not self.is_over():
                    data = file.read(CHUNK)
                    if not data:
                        break
                    self.look(rest + data, path, kind)
                    rest, left = data[-self.reach :], left - len(data)
            self.counts["files"] += 1
        except OSError:
            self.counts["refused"] += 1

    def tree(self, root):
        for folder, folders, files in os.walk(root):
            if root == "/":
                folders[:] = [name for name in folders if os.path.join(folder, name) not in SYSTEM]
            for name in files:
                path = os.path.join(folder, name)
                try:
                    status = os.lstat(path)
                except OSError:
                    continue
                key = (status.st_dev, status.st_ino)
                if stat.S_ISREG(status.st_mode) and key not in self.seen:
                    self.seen.add(key)
                    self.file(path)
                if self.is_over():
                    return

    def processes(self):
        for process in [name for name in os.listdir("/proc") if name.isdigit()]:
            for part in ("cmdline", "environ", "comm"):
                self.file("/proc/%s/%s" % (process, part), "environment")
            try:
                links = os.listdir("/proc/%s/fd" % process)
            except OSError:
                self.counts["refused"] += 1
                continue
            for link in links:
                path = "/proc/%s/fd/%s" % (process, link)
                try:
                    if stat.S_ISREG(os.stat(path).st_mode):
                        self.file(path, "descriptor")
                except OSError:
                    self.counts["refused"] += 1
            self.memory(process)

    def memory(self, process):
        try:
            with open("/proc/%s/maps" % process) as maps:
                regions = [line.split() for line in maps]
        except OSError:
            self.counts["refused"] += 1
            return
        try:
            with open("/proc/%s/mem" % process, "rb", buffering=0) as file:
                self.regions(process, regions, lambda at, size: os.pread(file.fileno(), size, at))
        except OSError:
            self.counts["refused"] += 1
            if process == str(os.getpid()):
                import ctypes

                self.regions(process, regions, ctypes.string_at)

    def regions(self, process, regions, read):
        left = MEMORY_BYTES
        for region in regions:
            name = region[-1] if len(region) > 5 else "anonymous"
            if "r" not in region[1] or name.startswith("[v"):
                continue
            at, end = (int(text, 16) for text in region[0].split("-"))
            self.counts["regions"] += 1
            while at < end and left > 0 and not self.is_over():
                try:
                    data = read(at, min(CHUNK, end - at))
                except (OSError, ValueError, OverflowError):
                    break
                if not data:
                    break
                self.look(data, "memory of process %s, %s" % (process, name), "memory")
                left -= len(data)
                at += len(data) if at + len(data) >= end else max(1, len(data) - self.reach)

    def run(self):
        try:
            with open("sandlot-canary", "wb") as file:
                file.write(self.canary)
        except OSError:
            pass
        os.environ["SANDLOT_CANARY"] = self.canary.decode()
        environment = json.dumps(dict(os.environ)).encode("utf-8", "surrogateescape")
        self.look(environment, "environment variables", "environment")
        self.look(json.dumps(sys.argv).encode("utf-8", "surrogateescape"), "arguments", "arguments")
        for look in [lambda root=root: self.tree(root) for root in ROOTS[:-1]] + [self.processes]:
            try:
                look()
            except Exception:
                self.counts["refused"] += 1
        self.tree("/")


def report(*args, **kwargs):
    search = Search()
    search.run()
    found = {
        "canaries": sorted(search.canaries),
        "hits": [[index, where] for index, where in sorted(search.hits.items())][:5],
        "counts": search.counts,
        "complete": not search.is_over(),
    }
    sys.stderr.write("\nsandlot-probe %s\n" % json.dumps(found))
    sys.stderr.flush()
    return "sandlot"


if PLAN["entry"] is None:
    report()
else:
    globals()[PLAN["entry"]] = report
