"""A program that keeps its state between the host's calls: the lane's side of a session."""

import json
import os
import select
import signal
import time

import files
import frames
import linux
from capture import CHUNK, Capture
from meter import Meter

_SAMPLE_EVERY = 0.05
_IDLE_SAMPLE_EVERY = 1.0
# What an interrupted call has to come to an end by itself.
_GRACE = 1.0
_MAX_REPLY = 1 << 20
# What may be shown of a program's texts, in bytes of JSON: all of them fit in one frame.
_MAX_VALUE, _MAX_NAME, _MAX_MESSAGE, _MAX_TRACEBACK = 24 << 10, 1 << 10, 12 << 10, 24 << 10
# Processor seconds that a paused session may use between calls: none, but that it takes a moment to stop.
_PAUSED_CPU = 0.25


class Session:
    """The living program, its calls one after another, its limits between and during them."""

    def __init__(self, channel, spare, header, lane):
        self._channel = channel
        self._spare = spare
        self._header = header
        self._limits = header["limits"]
        self._lane = lane
        self._meter = Meter(self._limits, lane)
        self._pipes = {spare.stdout: None, spare.stderr: None}
        self._reply = bytearray()
        self._told_so_far = None
        self._number = 0
        # Processor seconds when the last call had ended.
        self._cpu_of_calls = 0.0
        # A slot that nobody calls takes no processor from those beside it.
        self._pauses = header["pause"] and lane.own_pids
        self._ended = None

    def start(self):
        notebook = "shell" not in self._header
        held = self._lane.held_data if notebook else None
        self._lane.limit(self._spare, self._limits, held, whole_life=True)
        self._spare.feed(b"")
        for descriptor in (*self._pipes, self._spare.replies):
            os.set_blocking(descriptor, False)
        what = {"env": self._header["env"], "args": []}
        what.update({"do": "notebook"} if notebook else {"do": "shell", "argv": self._header["shell"]})
        self._meter.start(self._spare.pid, self._lane.base_memory if notebook else 0)
        self._spare.release(what, b"", b"")
        self._channel.send_json(frames.REPLY, {"id": 0, "status": "ok"})

    def serve(self):
        """Until the program ends or the host closes the channel."""
        while self._ended is None:
            frame = self._channel.take()
            if frame is None:
                self._wait_for_host()
            elif frame[0] == frames.CANCEL:
                self._ended = "closed"
            elif frame[0] == frames.CALL:
                self._call(frames.decode_json(frame[2]))
        self._finish()

    def _wait_for_host(self):
        """Between calls: what the program prints belongs to the next call, what it uses still counts."""
        ready = [descriptor for descriptor, _ in self._poll(self._channel).poll(_IDLE_SAMPLE_EVERY * 1000)]
        if self._spare.handle in ready:
            self._ended = "exit"
        elif not ready:
            self._ended = self._limit_of_life() or self._limit_between_calls()

    def _limit_of_life(self):
        """A limit that holds for the session as a whole, and is exceeded."""
        exceeded = self._meter.sample()
        return exceeded if exceeded in ("memory", "processes") else None

    def _limit_between_calls(self):
        """Who is paused uses nothing, whatever wakes it; others what a call may use."""
        seconds = _PAUSED_CPU if self._pauses else self._limits["cpu_ms"] / 1000
        return "cpu" if self._meter.cpu - self._cpu_of_calls > seconds else None

    def _poll(self, *more):
        poll = select.poll()
        for descriptor in (self._spare.handle, *more):
            poll.register(descriptor, select.POLLIN)
        return poll

    def _call(self, call):
        body = self._channel.read_body(self._lane.body_bytes)
        if call["op"] in ("write", "read"):
            with linux.acting_as(self._lane.user):
                reply = self._write(call, body) if call["op"] == "write" else self._read(call)
        else:
            reply = self._execute(call, body)
        self._channel.send_json(frames.REPLY, {"id": call["id"], **reply})

    def _read(self, call):
        return {"status": "ok", "files": files.fetch(self._channel, call["outputs"], first_stream=3)}

    def _write(self, call, body):
        try:
            at = 0
            for entry in json.loads(body[: call["manifest"]]):
                start = call["manifest"] + at
                files.replace_file(entry["path"], body[start : start + entry["size"]], entry["mode"])
                at += entry["size"]
            return {"status": "ok"}
        except (OSError, ValueError) as error:
            return {"status": "refused", "detail": "%s: %s" % (type(error).__name__, error)}

    def _execute(self, call, code):
        self._signal_all(signal.SIGCONT)
        stdout, stderr = Capture(call["keep_bytes"]), Capture(call["keep_bytes"])
        self._pipes = {self._spare.stdout: stdout, self._spare.stderr: stderr}
        self._number, self._told_so_far = self._number + 1, None
        started, cpu = time.monotonic(), self._cpu()
        self._meter.limits = {**self._limits, "cpu_ms": cpu * 1000 + call["cpu_ms"]}
        called_off = self._is_called_off()
        limit = None if called_off else self._watch(b"%d\n%s\0" % (self._number, code), started, call)
        for descriptor, capture in self._pipes.items():
            capture.drain(descriptor)
        wall = time.monotonic() - started
        self._signal_all(signal.SIGSTOP)
        exceeded = self._limit_of_life()
        limit = limit or exceeded
        self._ended = self._ended or (limit if limit in ("memory", "processes") else None)
        self._cpu_of_calls = self._meter.cpu
        used = self._cpu_of_calls - cpu
        reply = {"limit": limit, "times": {"wall_us": int(wall * 1e6), "cpu_us": max(0, int(used * 1e6))},
                 "memory_peak_bytes": max(0, self._meter.peak), **self._told(limit)}  # fmt: skip
        for stream, name, capture in ((1, "stdout", stdout), (2, "stderr", stderr)):
            kept, reply[name] = capture.result()
            self._channel.send_stream(stream, kept)
        return reply

    def _watch(self, code, started, call):
        """Feeds, drains and limits until the reply is there or the program is gone; the limit that was hit, if any."""
        poll = self._poll(*self._pipes, self._spare.replies, self._channel)
        view = memoryview(code)
        os.set_blocking(self._spare.orders, False)
        poll.register(self._spare.orders, select.POLLOUT)
        deadline, sample_at = started + call["wall_ms"] / 1000, started + _SAMPLE_EVERY
        kill_at, limit = None, None
        while self._told_so_far is None and self._ended is None:
            now = time.monotonic()
            wait = min(kill_at if kill_at else deadline, sample_at) - now
            for descriptor, events in poll.poll(max(0.0, wait) * 1000 + 0.5):
                if descriptor == self._spare.orders:
                    view = self._feed(view, events)
                    if not view:
                        poll.unregister(descriptor)
                elif descriptor in self._pipes:
                    if not self._pipes[descriptor].drain(descriptor):
                        poll.unregister(descriptor)
                elif descriptor == self._spare.replies:
                    if not self._take_reply():
                        poll.unregister(descriptor)
                elif descriptor == self._spare.handle:
                    self._ended = "exit"
                else:
                    kill_at = self._interrupted(kill_at)
            now = time.monotonic()
            output = sum(capture.total for capture in self._pipes.values())
            if limit is None and kill_at is None:
                if now >= deadline:
                    limit = "wall"
                elif output > self._limits["output_bytes"]:
                    limit = "output"
                elif now >= sample_at:
                    limit = self._meter.sample()
                    sample_at = now + _SAMPLE_EVERY
                if limit in ("memory", "processes"):
                    self._ended = limit
                elif limit:
                    kill_at = self._interrupt()
            elif kill_at is not None and now >= kill_at:
                self._ended = limit or "interrupted"
        return limit

    def _feed(self, view, events):
        if events & select.POLLERR:
            return b""
        try:
            return view[os.write(self._spare.orders, view[:CHUNK]) :]
        except BlockingIOError:
            return view
        except OSError:
            return b""  # it has closed its end; whether it still replies shows

    def _interrupted(self, kill_at):
        frame = self._channel.take()
        if frame and frame[0] == frames.CANCEL:
            self._ended = "closed"
        return kill_at or self._interrupt() if frame and frame[0] == frames.INTERRUPT else kill_at

    def _is_called_off(self):
        """Whether the host has changed its mind about a call that has not begun."""
        frame = self._channel.take()
        if frame and frame[0] == frames.CANCEL:
            self._ended = "closed"
        return frame is not None

    def _interrupt(self):
        """As Ctrl-C does; answers the time at which patience ends. A shell outlives what it runs, so it is spared."""
        pids = [self._spare.pid]
        if "shell" in self._header:
            pids = [int(pid) for pid in self._meter.pids() if int(pid) != self._spare.pid]
        self._lane.processes.signal(pids, signal.SIGINT)
        return time.monotonic() + _GRACE

    def _take_reply(self):
        try:
            data = os.read(self._spare.replies, CHUNK)
        except BlockingIOError:
            return True
        self._reply += data
        *whole, self._reply = self._reply.split(b"\0")
        for text in whole:
            # Replies to calls before this one may still lie there when the program has forged one.
            told = _object(text)
            if told.get("call") == self._number:
                self._told_so_far = told
        if len(self._reply) > _MAX_REPLY:
            self._ended = "output"
        return bool(data)

    def _cpu(self):
        """Processor seconds of the session until now."""
        self._meter.sample()
        return self._meter.cpu

    def _told(self, limit):
        """What the program said of the call, as far as it can be shown. Whatever it is, it is the candidate's word."""
        if self._ended:
            return {"status": "ended"}
        told = self._told_so_far
        if told is None:
            return {"status": "interrupted"}  # before it had begun
        shown = {"status": "interrupted" if limit else "ok"}
        if told.get("status") in ("ok", "error", "interrupted") and not limit:
            shown["status"] = told["status"]
        if isinstance(told.get("value"), str):
            shown["value"] = _cut(told["value"], _MAX_VALUE)
        code = told.get("exit_code")
        if type(code) is int and 0 <= code <= 255:
            shown["exit_code"] = code
            if code and not limit:
                shown["status"] = "error"
        error = told.get("error")
        if isinstance(error, dict):
            shown["error"] = {
                "name": _cut(error.get("name"), _MAX_NAME),
                "message": _cut(error.get("message"), _MAX_MESSAGE),
                "traceback": _cut(error.get("traceback"), _MAX_TRACEBACK),
            }
        return shown

    def _signal_all(self, number):
        if self._pauses:
            self._lane.processes.signal(self._meter.pids(), number)

    def _finish(self):
        status, _, _ = self._lane.processes.end(self._meter)
        exit = {"signal": os.WTERMSIG(status)} if os.WIFSIGNALED(status) else {"code": os.WEXITSTATUS(status)}
        self._spare.close()
        worn = self._lane.kernel.is_filling()
        self._channel.send_json(frames.RESULT, {"reason": self._ended, "exit": exit, "worn": worn})


def _cut(text, limit):
    """A text whose JSON has at most `limit` bytes: its beginning and its end where it is longer; empty if it is none."""
    if not isinstance(text, str):
        return ""
    while (size := len(json.dumps(text))) > limit:
        half = len(text) * limit // size * 9 // 20
        text = text[:half] + "\n…\n" + text[len(text) - half :]
    return text


def _object(text):
    """A JSON object, or an empty one: it is the candidate's word."""
    try:
        value = json.loads(text)
    except (ValueError, RecursionError):
        return {}
    return value if isinstance(value, dict) else {}
