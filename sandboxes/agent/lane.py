"""A lane: a process in namespaces of its own that runs one program and reports what it saw.

Forked from a template, so the interpreter and its imports are there already. The lane is the trusted witness of a
run: it starts the candidate, drains it, enforces what rlimits cannot, kills whatever is left, and only then reports.
In mode B it is PID 1 of its own user, mount, PID, IPC, network and UTS namespaces, so its end ends everything in it.
In mode C it has no namespaces, and the agent gives up the sandbox after one run.
"""

import json
import os
import resource
import select
import signal
import socket
import time

import files
import frames
import linux
import slot
from capture import Capture

# Mounts of the container that all its lanes would share.
_COVERED = ("/dev/mqueue", "/dev/pts")
_SAMPLE_AFTER = 0.02
_SAMPLE_EVERY = 0.05
_CHUNK = 1 << 16
# Wall time of a program on a machine that hardly lets it run, as a multiple of its limit.
STARVED_FACTOR = 4


def become_lane(control, mode, scratch_bytes, scratch_inodes):
    """Enters the lane's namespaces; returns in the process that is the lane. Its socket first carries its PID."""
    if mode == "B":
        uid, gid = os.getuid(), os.getgid()
        linux.set_dumpable(True)  # else the maps below belong to somebody else
        linux.unshare(
            linux.CLONE_NEWUSER | linux.CLONE_NEWNS | linux.CLONE_NEWPID | linux.CLONE_NEWIPC
            | linux.CLONE_NEWNET | linux.CLONE_NEWUTS
        )  # fmt: skip
        for name, text in (("setgroups", "deny"), ("uid_map", "%d %d 1" % (uid, uid)), ("gid_map", "%d %d 1" % (gid, gid))):
            with open("/proc/self/" + name, "w") as file:
                file.write(text)
        child = os.fork()
        if child:
            control.sendall(frames.encode_json(frames.READY, 0, {"pid": child}))
            os._exit(0)
        _lay_out(scratch_bytes, scratch_inodes)
        linux.drop_bounding_set()
    else:
        control.sendall(frames.encode_json(frames.READY, 0, {"pid": os.getpid()}))
    linux.set_dumpable(False)


def _lay_out(scratch_bytes, scratch_inodes):
    """The only writable places of a run: one tmpfs, seen as /workspace, /tmp and /dev/shm under one cap."""
    linux.mount(None, "/", None, linux.MS_REC | linux.MS_PRIVATE)
    plain = linux.MS_NOSUID | linux.MS_NODEV
    linux.mount("proc", "/proc", "proc", plain | linux.MS_NOEXEC)
    linux.mount("tmpfs", "/tmp", "tmpfs", plain, "size=%d,nr_inodes=%d,mode=0755" % (scratch_bytes, scratch_inodes))
    for name in ("workspace", "shm", "tmp"):
        os.mkdir("/tmp/" + name, 0o700)
    linux.mount("/tmp/workspace", "/workspace", None, linux.MS_BIND)
    if os.path.isdir("/dev/shm"):
        linux.mount("/tmp/shm", "/dev/shm", None, linux.MS_BIND)
    for place in _COVERED:
        if os.path.isdir(place):
            linux.mount("tmpfs", place, "tmpfs", plain | linux.MS_RDONLY, "size=4k,nr_inodes=2")
    linux.mount("/tmp/tmp", "/tmp", None, linux.MS_BIND)


class Channel:
    """The lane's end of its socket: reads the request, sends frames within the host's credit."""

    def __init__(self, control):
        self.control = control
        self._decoder = frames.Decoder()
        self._queue = []
        self._credit = frames.INITIAL_CREDIT
        self.number = 0

    def next_frame(self):
        while not self._queue:
            data = self.control.recv(_CHUNK)
            if not data:
                os._exit(0)  # the agent is gone
            self._queue += self._decoder.feed(data)
        return self._queue.pop(0)

    def read_request(self, limit):
        """The OPEN header and the whole body. Grants credit as the body arrives."""
        kind, self.number, payload = self.next_frame()
        if kind != frames.OPEN:
            raise frames.ProtocolError("expected OPEN")
        header = frames.decode_json(payload)
        body = bytearray()
        consumed = 0
        while True:
            kind, _, payload = self.next_frame()
            if kind == frames.END:
                return header, bytes(body)
            if kind != frames.DATA:
                raise frames.ProtocolError("expected DATA")
            body += payload[1:]
            if len(body) > limit:
                raise frames.ProtocolError("request body above %d bytes" % limit)
            consumed += len(payload) - 1
            if consumed >= frames.INITIAL_CREDIT // 2:
                self.send(frames.CREDIT, consumed.to_bytes(4, "big"))
                consumed = 0

    def send(self, kind, payload):
        self.control.sendall(frames.encode(kind, self.number, payload))

    def send_json(self, kind, value):
        self.control.sendall(frames.encode_json(kind, self.number, value))

    def send_stream(self, stream, data):
        view = memoryview(data)
        prefix = bytes((stream,))
        while view:
            while self._credit == 0:
                kind, _, payload = self.next_frame()
                if kind == frames.CREDIT:
                    self._credit += int.from_bytes(payload, "big")
            size = min(len(view), frames.MAX_DATA, self._credit)
            self.send(frames.DATA, prefix + view[:size])
            self._credit -= size
            view = view[size:]


def serve(control, mode, seccomp, limit):
    """One request, one run, one answer."""
    channel = Channel(control)
    try:
        header, body = channel.read_request(limit)
        started = time.monotonic()
        manifest, source, prelude, stdin, rest = _split(body, header["sections"])
        at = 0
        for entry in json.loads(manifest):
            files.write_file(entry["path"], rest[at : at + entry["size"]], entry["mode"])
            at += entry["size"]
        run = Run(header, mode)
        run.start(source, prelude, stdin, seccomp)
        run.watch(control)
        run.end()
        report = run.report(started)
        for stream, capture in ((1, run.stdout), (2, run.stderr)):
            kept, report["stdout" if stream == 1 else "stderr"] = capture.result()
            channel.send_stream(stream, kept)
        report["files"] = []
        for index, wanted in enumerate(header["outputs"]):
            status, data = files.read_file(wanted["path"], wanted["limit"])
            report["files"].append({"path": wanted["path"], "status": status, "size": len(data)})
            channel.send_stream(3 + index, data)
        channel.send_json(frames.RESULT, report)
    except (frames.ProtocolError, KeyError, ValueError, TypeError) as error:
        channel.send_json(frames.FAULT, {"code": "bad_request", "detail": "%s: %s" % (type(error).__name__, error)})
    except OSError as error:
        channel.send_json(frames.FAULT, {"code": "lane_failed", "detail": str(error)})


def _split(body, lengths):
    """The sections of a request body, and what follows them."""
    sections, at = [], 0
    for length in lengths:
        sections.append(body[at : at + length])
        at += length
    return (*sections, body[at:])


class Run:
    """One candidate process and its descendants."""

    def __init__(self, header, mode):
        self.header = header
        self.limits = header["limits"]
        self.stdout = Capture(header["keep_bytes"])
        self.stderr = Capture(header["keep_bytes"])
        self.limit = None
        self._own_pids = mode == "B"
        self._peak = 0
        self._cpu = 0.0
        self._crowded = False
        self._exit = None

    def start(self, source, prelude, stdin, seccomp):
        python = "argv" not in self.header
        # A memory file: the program may read it at its own pace or not at all, and nobody has to feed it.
        feed = os.memfd_create("stdin")
        with os.fdopen(os.dup(feed), "wb") as file:
            file.write(stdin)
        os.lseek(feed, 0, os.SEEK_SET)
        reader = os.open("/proc/self/fd/%d" % feed, os.O_RDONLY)
        (out_read, out_write), (err_read, err_write) = os.pipe(), os.pipe()
        self._base = _anonymous("self") if python else 0
        self._started = time.monotonic()
        self.pid = os.fork()
        if self.pid == 0:
            try:
                slot.enter(reader, out_write, err_write, self.limits, self.header["env"], seccomp, python)
                if python:
                    slot.run_python(source, prelude.decode(), self.header["args"])
                slot.run_program(self.header["argv"])
            except BaseException as error:
                os.write(2, ("slot: %r\n" % error).encode("utf-8", "replace"))
            finally:
                os._exit(125)
        for descriptor in (feed, reader, out_write, err_write):
            os.close(descriptor)
        self._pipes = {out_read: self.stdout, err_read: self.stderr}
        for descriptor in self._pipes:
            os.set_blocking(descriptor, False)
        self._handle = os.pidfd_open(self.pid)

    def watch(self, control):
        """Drains and limits until the program's first process has ended or a limit is hit."""
        poll = select.poll()
        for descriptor in (*self._pipes, self._handle):
            poll.register(descriptor, select.POLLIN)
        poll.register(control, select.POLLHUP)
        deadline = self._started + self.limits["wall_ms"] / 1000
        latest = self._started + STARVED_FACTOR * self.limits["wall_ms"] / 1000
        sample_at = self._started + _SAMPLE_AFTER
        ended = False
        while not ended and self.limit is None:
            now = time.monotonic()
            for descriptor, _ in poll.poll(max(0.0, min(deadline, sample_at) - now) * 1000 + 0.5):
                if descriptor in self._pipes:
                    if not self._drain(descriptor):
                        poll.unregister(descriptor)
                elif descriptor == self._handle:
                    ended = True
                else:
                    os._exit(0)
            now = time.monotonic()
            if ended:
                break
            if now >= deadline:
                # The clock measures the program, not the machine: time that it could have run in but got no
                # processor is given back, within a bound.
                given = self._started + self.limits["wall_ms"] / 1000 + _starved(self.pid)
                if given <= now or now >= latest:
                    self.limit = "wall"
                deadline = min(given, latest)
            elif self.stdout.total + self.stderr.total > self.limits["output_bytes"]:
                self.limit = "output"
            elif now >= sample_at:
                self._sample()
                sample_at = now + _SAMPLE_EVERY
        self.wall = time.monotonic() - self._started

    def _drain(self, descriptor):
        """Reads what is there, up to a bound, so that a flood cannot starve the clock; False at the end of the pipe."""
        for _ in range(16):
            try:
                data = os.read(descriptor, _CHUNK)
            except BlockingIOError:
                return True
            if not data:
                return False
            self._pipes[descriptor].write(data)
        return True

    def _sample(self):
        """CPU time and memory of every process of the run, as the kernel counts them now."""
        cpu = memory = count = 0
        for name in os.listdir("/proc"):
            if not name.isdigit() or name == "1":
                continue
            try:
                with open("/proc/%s/stat" % name, "rb") as file:
                    fields = file.read().rpartition(b")")[2].split()
                if not self._own_pids and int(fields[3]) != self.pid:
                    continue  # without a PID namespace, the session tells whose process it is
                cpu += int(fields[11]) + int(fields[12])
                memory += max(0, _anonymous(name) - self._base)
                count += int(fields[17])
            except (OSError, IndexError, ValueError):
                continue
        ended = resource.getrusage(resource.RUSAGE_CHILDREN)
        self._cpu = cpu / os.sysconf("SC_CLK_TCK") + ended.ru_utime + ended.ru_stime
        self._peak = max(self._peak, memory)
        self._crowded = self._crowded or count >= self.limits["processes"]
        if self._cpu * 1000 > self.limits["cpu_ms"]:
            self.limit = "cpu"
        elif memory > self.limits["memory_bytes"]:
            self.limit = "memory"

    def end(self):
        """Kills whatever is left, reaps it, and reads what it had already written."""
        ending = time.monotonic()
        # The first process may have ended by itself a moment before the kill; only its own end is its exit.
        self._exit = os.waitid(os.P_PID, self.pid, os.WEXITED | os.WNOHANG | os.WNOWAIT) is not None
        if self._own_pids:
            try:
                os.kill(-1, signal.SIGKILL)
            except ProcessLookupError:
                pass
        else:
            for kill in (os.killpg, os.kill):
                try:
                    kill(self.pid, signal.SIGKILL)
                except ProcessLookupError:
                    pass
        _, self._status, usage = os.wait4(self.pid, 0)
        while self._own_pids:
            try:
                os.waitpid(-1, 0)
            except ChildProcessError:
                break
        for descriptor in self._pipes:
            # Bounded by the pipe's size: every writer is dead.
            while self._drain(descriptor) and self._readable(descriptor):
                pass
        total = resource.getrusage(resource.RUSAGE_CHILDREN)
        self._cpu = total.ru_utime + total.ru_stime
        self._peak = max(self._peak, (usage.ru_maxrss << 10) - self._base)
        self._space = os.statvfs("/workspace")
        self.teardown = time.monotonic() - ending

    @staticmethod
    def _readable(descriptor):
        return bool(select.select([descriptor], [], [], 0)[0])

    def report(self, received):
        signalled = os.WIFSIGNALED(self._status)
        failed = self._status != 0
        if self.limit is None and self.stdout.total + self.stderr.total > self.limits["output_bytes"]:
            self.limit = "output"
        if self.limit is None and signalled and os.WTERMSIG(self._status) == signal.SIGXCPU:
            self.limit = "cpu"
        if self.limit is None and failed and (self._space.f_bavail == 0 or self._space.f_favail == 0):
            self.limit = "disk"
        if self.limit is None and failed and self._crowded:
            self.limit = "processes"
        return {
            "exit": {"signal": os.WTERMSIG(self._status)} if signalled else {"code": os.WEXITSTATUS(self._status)},
            "limit": self.limit,
            # Killed by somebody, but not by this lane and not by a limit: the kernel, a neighbour, or itself.
            "unexplained_kill": bool(self._exit and self.limit is None and signalled
                                     and os.WTERMSIG(self._status) == signal.SIGKILL),
            "times": {
                "setup_us": int((self._started - received) * 1e6),
                "wall_us": int(self.wall * 1e6),
                "cpu_us": int(self._cpu * 1e6),
                "teardown_us": int(self.teardown * 1e6),
            },
            "memory_peak_bytes": max(0, self._peak),
        }  # fmt: skip


def _anonymous(pid):
    """Bytes of private memory of a process: resident pages without those of files and shared mappings."""
    with open("/proc/%s/statm" % pid) as file:
        _, resident, shared, *_ = file.read().split()
    return (int(resident) - int(shared)) * resource.getpagesize()


def _starved(pid):
    """Seconds that a process was ready to run and waited for a processor; 0 where the kernel does not say."""
    try:
        with open("/proc/%d/schedstat" % pid) as file:
            return int(file.read().split()[1]) / 1e9
    except (OSError, IndexError, ValueError):
        return 0.0


def run_lane(control, settings, seccomp):
    """Entry of the forked child."""
    control = socket.socket(fileno=control)
    try:
        become_lane(control, settings["mode"], settings["scratch_bytes"], settings["scratch_inodes"])
    except OSError as error:
        control.sendall(frames.encode_json(frames.FAULT, 0, {"code": "lane_setup_failed", "detail": str(error)}))
        os._exit(1)
    serve(control, settings["mode"], seccomp, settings["body_bytes"])
    os._exit(0)
