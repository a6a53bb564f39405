"""A lane: a process in namespaces of its own that runs programs one after another and reports what it saw.

Forked from a template, so the interpreter and its imports are there already. The lane is the trusted witness of each
run: it starts the candidate, drains it, enforces what rlimits cannot, kills whatever is left, reports, and proves
itself empty before the next. In modes A and B it is PID 1 of its own user, mount, PID, IPC, network and UTS
namespaces, so its end ends everything in it. In mode A every slot has a user of its own; the lane is the only one
that can change to it. In mode C there are no namespaces, and the agent gives up the sandbox after one run; the slot
has a user of its own there, too, where the agent may change users.
"""

import json
import os
import socket
import time

import accounting
import files
import frames
import gvisor
import limits
import linux
from channel import Channel
from processes import Processes
from run import Run
from scratch import Leftovers, Scratch, bound_sockets, protect_mounts, seclude
from session import Session
from spare import Spare

# Inside a lane's user namespace; the lane itself is 0 there in mode A.
_FIRST_USER = 1000


class Lane:
    """The process of a lane. `settings` come from the agent, by way of the template."""

    def __init__(self, control, settings, seccomp):
        self.mode = settings["mode"]
        self.own_pids = self.mode != "C"
        self.counts_own_user = self.own_pids or settings["counts_own_user"]
        # Of a waiting slot of an interpreter: what the candidate is not charged for.
        self.held_data = self.base_memory = 0
        # Processes beside the slot that the kernel counts as its user's.
        self._namesakes = 0
        self.body_bytes = settings["body_bytes"]
        self.most_processes = settings["processes"]
        self._control = control
        self._settings = settings
        self._seccomp = seccomp
        self._counter = None
        self._runs = 0
        self._last_slot = None

    def enter(self):
        """Enters the lane's namespaces; returns in the process that is the lane. Its socket first carries its PID."""
        self.oom_kills = accounting.OomKills()
        if self.own_pids:
            self._enter_namespaces()
        else:
            self._control.sendall(frames.encode_json(frames.READY, 0, {"pid": os.getpid()}))
            _prefer_for_oom()
        linux.set_dumpable(False)
        settings = self._settings
        self._scratch = Scratch(settings["scratch_bytes"], settings["scratch_inodes"])
        change = (linux.CAP_SETUID, linux.CAP_SETGID)
        self._changes_users = self.mode != "B" and linux.has_capabilities(*change)
        # In mode C there is one slot in the whole sandbox, and no other sandbox has its user.
        self._only_user = settings["users"][0] if self.mode == "C" and self._changes_users else None
        self.counts_own_user = self.counts_own_user or self._only_user is not None
        keeps = change if self._changes_users else ()
        self.kernel = gvisor.Kernel()
        self.processes = Processes(settings["interpreter"], keeps, self._seccomp, self._counter, self._only_user)
        if self.own_pids:
            self._scratch.renew(None)
            self._leftovers = Leftovers()

    def _enter_namespaces(self):
        linux.set_dumpable(True)  # else the maps below belong to somebody else
        user = os.getuid(), os.getgid()
        enters, maps = Barrier(), Barrier()
        mapper = os.fork() if self.mode == "A" else -1
        if mapper == 0:
            try:
                enters.wait()
                _map_users(os.getppid(), self._settings["users"])
            finally:
                os._exit(0)  # which opens the other barrier
        linux.unshare(
            linux.CLONE_NEWUSER | linux.CLONE_NEWNS | linux.CLONE_NEWPID | linux.CLONE_NEWIPC
            | linux.CLONE_NEWNET | linux.CLONE_NEWUTS
        )  # fmt: skip
        if self.mode == "A":
            enters.open()
            maps.wait()
        else:
            _map_own_user(*user)
        child = os.fork()
        if child:
            self._control.sendall(frames.encode_json(frames.READY, 0, {"pid": child}))
            os._exit(0)
        if self.mode == "A":
            os.setgroups([])
            os.setresgid(0, 0, 0)
            os.setresuid(0, 0, 0)
            linux.set_dumpable(True)
        self._counter = seclude(trusted_group=0 if self.mode == "A" else None)
        _prefer_for_oom()
        bound_sockets()
        protect_mounts()
        linux.raise_loopback()
        linux.drop_bounding_set()

    def serve(self):
        """Requests one after another, until this lane is worn or not provably empty. Returns when it is to end."""
        channel = Channel(self._control)
        while self._runs < self._settings["runs_per_lane"]:
            before, spare = self._last_slot, self._prepare()
            if self._counter and self._counter.tells_of(before, spare.pid):
                return
            self._last_slot = spare.pid
            self._runs += 1
            self._control.sendall(frames.encode_json(frames.READY, 0, {"runs": self._runs}))
            again = self._answer(channel, spare)
            if not again or not self._is_empty():
                return

    def _is_empty(self):
        """Whether nothing of the slot is left, as far as the kernel tells, and another may follow."""
        return self.processes.usable and (not self.own_pids or not self._leftovers.found())

    def _prepare(self):
        """A slot that waits in an empty scratch space."""
        user = self.user = self._next_user()
        if self.own_pids:
            self._scratch.renew(user)
            self._leftovers.expect_mounts()
            self._counter.reset(self.processes.zygote.pid)
        spare = Spare(self.processes.zygote, self._settings["interpreter"]["kind"], user)
        self.processes.watch(spare.pid)
        if not self.held_data:
            self.held_data, self.base_memory = accounting.held_data(spare.pid), accounting.memory(spare.pid)
            self._namesakes = 0 if user else accounting.processes() - 1
        return spare

    def _next_user(self):
        """Of the slot alone; None where the lane may not change users."""
        if self.mode == "A":
            return _FIRST_USER + self._runs
        return self._only_user

    def _answer(self, channel, spare):
        """One request, one answer; whether the lane may serve another."""
        try:
            header, body, held = channel.read_request(self.body_bytes)
            received = time.monotonic()
            sections, rest = _split(body, header["sections"])
            if sections[0] != b"[]":
                with linux.acting_as(self.user):
                    files.lay_out(json.loads(sections[0]), rest, held)
            if spare.has_ended():
                raise OSError("the slot ended before its order")
            if header["op"] == "session":
                session = Session(channel, spare, header, self)
                session.start()
            else:
                run = self._start_run(channel, spare, header, sections[1:])
        except (frames.ProtocolError, KeyError, ValueError, TypeError, OSError) as error:
            # Not a byte of the candidate has run: whatever this is, it is not the candidate's.
            code = "lane_setup_failed" if isinstance(error, OSError) else "bad_request"
            channel.send_json(frames.FAULT, {"code": code, "detail": "%s: %s" % (type(error).__name__, error)})
            return False
        try:
            if header["op"] == "session":
                session.serve()
                return True
            run.watch(self._control)
            run.end()
            report = run.report(received)
            for stream, capture in ((1, run.stdout), (2, run.stderr)):
                kept, report["stdout" if stream == 1 else "stderr"] = capture.result()
                channel.send_stream(stream, kept)
            report["files"] = []
            if header["outputs"]:
                with linux.acting_as(self.user):
                    report["files"] = files.fetch(channel, header["outputs"], first_stream=3)
            channel.send_json(frames.RESULT, report)
            return True
        except (frames.ProtocolError, KeyError, ValueError, TypeError, OSError) as error:
            channel.send_json(frames.FAULT, {"code": "lane_failed", "detail": "%s: %s" % (type(error).__name__, error)})
            return False

    def limit(self, spare, values, held, whole_life=False):
        """Lowers the slot's limits before a byte of the candidate is in it."""

        def apply():
            processes = values["processes"] + self._namesakes if self.counts_own_user else None
            limits.apply(spare.pid, values, held, processes, whole_life)

        # Without a namespace in which the lane has every right, only a user limits its own processes.
        if self.mode == "C" and self.user:
            linux.run_as(self.user, apply)
        else:
            apply()

    def _start_run(self, channel, spare, header, sections):
        source, prelude, stdin = sections
        if not spare.python and "argv" not in header:
            with linux.acting_as(self.user):
                files.write_file(header["file"], source, 0o644)
        run = Run(spare, header, self, channel.forward if header.get("stream") else None, channel.bridge)
        run.start(source, prelude, stdin)
        return run


class Barrier:
    """One process waits until another says go; the end of that one counts as go, too."""

    def __init__(self):
        self._reader, self._writer = os.pipe()

    def wait(self):
        os.close(self._writer)
        os.read(self._reader, 1)
        os.close(self._reader)

    def open(self):
        os.close(self._reader)
        os.close(self._writer)


def _map_users(pid, users):
    """Mode A: the lane is the agent's user, 0 inside; each of its slots gets one of `users` (first, count)."""
    own = {"uid": os.getuid(), "gid": os.getgid()}
    for kind in ("uid", "gid"):
        text = "0 %d 1\n%d %d %d\n" % (own[kind], _FIRST_USER, users[0], users[1])
        with open("/proc/%d/%s_map" % (pid, kind), "w") as file:
            file.write(text)


def _map_own_user(uid, gid):
    """Mode B: the one user that a process without capabilities may map, its own."""
    for name, text in (("setgroups", "deny"), ("uid_map", "%d %d 1" % (uid, uid)), ("gid_map", "%d %d 1" % (gid, gid))):
        try:
            descriptor = os.open("/proc/self/" + name, os.O_WRONLY)
        except FileNotFoundError:
            if name != "setgroups":  # younger than the maps
                raise
            continue
        os.write(descriptor, text.encode())
        os.close(descriptor)


def _prefer_for_oom():
    """Before the agent and the templates, the kernel ends a lane and what it started. Inherited by the program."""
    linux.set_dumpable(True)
    with open("/proc/self/oom_score_adj", "w") as file:
        file.write("1000")


def _split(body, lengths):
    """The sections of a request body, and what follows them."""
    sections, at = [], 0
    for length in lengths:
        sections.append(body[at : at + length])
        at += length
    return sections, memoryview(body)[at:]


def run_lane(control, settings, seccomp):
    """Entry of the forked child. Never returns."""
    control = socket.socket(fileno=control)
    lane = Lane(control, settings, seccomp)
    try:
        lane.enter()
        lane.serve()
    except Exception as error:
        fault = {"code": "lane_setup_failed", "detail": "%s: %s" % (type(error).__name__, error)}
        control.sendall(frames.encode_json(frames.FAULT, 0, fault))
    finally:
        os._exit(0)
