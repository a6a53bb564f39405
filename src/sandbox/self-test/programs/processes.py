"""Starts processes, or threads, which count as such and cost less, until it is stopped or there are as many as it was told.

Stays for so many seconds then, and prints their number. Usage: MOST SECONDS process|thread.
"""

import _thread
import os
import signal
import sys
import time

most, seconds, kind = int(sys.argv[1]), float(sys.argv[2]), sys.argv[3]
never = _thread.allocate_lock()
never.acquire()
_thread.stack_size(1 << 16)


def start():
    if kind == "thread":
        _thread.start_new_thread(never.acquire, ())
    elif os.fork() == 0:
        signal.pause()


count = 1
try:
    while count < most:
        start()
        count += 1
    time.sleep(seconds)
except (BlockingIOError, RuntimeError):
    pass  # any other reason says nothing of the limit
print(count, flush=True)
os._exit(0)
