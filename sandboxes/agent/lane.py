"""A lane: a process in namespaces of its own that runs one program and reports what it saw.

Forked from a template, so the interpreter and its imports are there already. The lane is the trusted witness of a
run: it starts the candidate, drains it, enforces what rlimits cannot, kills whatever is left, and only then reports.
In mode B it is PID 1 of its own user, mount, PID, IPC, network and UTS namespaces, so its end ends everything in it.
In mode C it has no namespaces, and the agent gives up the sandbox after one run.
"""

import json
import os
import socket
import time

import files
import frames
import linux
from channel import Channel
from run import Run

# Mounts of the container that all its lanes would share.
_COVERED = ("/dev/mqueue", "/dev/pts")


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
        _prefer_for_oom()
    linux.set_dumpable(False)


def _prefer_for_oom():
    """Before the agent and the templates, the kernel ends a lane and what it started. Inherited by the program."""
    linux.set_dumpable(True)
    with open("/proc/self/oom_score_adj", "w") as file:
        file.write("1000")


def _lay_out(scratch_bytes, scratch_inodes):
    """The only writable places of a run: one tmpfs, seen as /workspace, /tmp and /dev/shm under one cap."""
    linux.mount(None, "/", None, linux.MS_REC | linux.MS_PRIVATE)
    plain = linux.MS_NOSUID | linux.MS_NODEV
    linux.mount("proc", "/proc", "proc", plain | linux.MS_NOEXEC)
    _prefer_for_oom()
    # Read-only, so that no program takes itself out of the kernel's preference again.
    linux.mount(None, "/proc", None, linux.MS_REMOUNT | linux.MS_BIND | linux.MS_RDONLY | plain | linux.MS_NOEXEC)
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


def serve(control, settings, seccomp):
    """One request, one run, one answer."""
    channel = Channel(control)
    try:
        header, body = channel.read_request(settings["body_bytes"])
        started = time.monotonic()
        manifest, source, prelude, stdin, rest = _split(body, header["sections"])
        at = 0
        for entry in json.loads(manifest):
            files.write_file(entry["path"], rest[at : at + entry["size"]], entry["mode"])
            at += entry["size"]
        run = Run(header, settings)
        run.start(source, prelude, stdin, seccomp)
    except (frames.ProtocolError, KeyError, ValueError, TypeError, OSError) as error:
        # Not a byte of the candidate has run: whatever this is, it is not the candidate's.
        code = "lane_setup_failed" if isinstance(error, OSError) else "bad_request"
        channel.send_json(frames.FAULT, {"code": code, "detail": "%s: %s" % (type(error).__name__, error)})
        return
    try:
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
    except (frames.ProtocolError, KeyError, ValueError, TypeError, OSError) as error:
        channel.send_json(frames.FAULT, {"code": "lane_failed", "detail": "%s: %s" % (type(error).__name__, error)})


def _split(body, lengths):
    """The sections of a request body, and what follows them."""
    sections, at = [], 0
    for length in lengths:
        sections.append(body[at : at + length])
        at += length
    return (*sections, body[at:])


def run_lane(control, settings, seccomp):
    """Entry of the forked child."""
    control = socket.socket(fileno=control)
    try:
        become_lane(control, settings["mode"], settings["scratch_bytes"], settings["scratch_inodes"])
    except OSError as error:
        control.sendall(frames.encode_json(frames.FAULT, 0, {"code": "lane_setup_failed", "detail": str(error)}))
        os._exit(1)
    serve(control, settings, seccomp)
    os._exit(0)
