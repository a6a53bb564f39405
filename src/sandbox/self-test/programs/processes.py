"""Forks until it is stopped or there are as many processes as it was told, stays for so many seconds, and prints their number."""

import os
import signal
import sys
import time

most, seconds = int(sys.argv[1]), float(sys.argv[2])
count = 1
try:
    while count < most:
        if os.fork() == 0:
            signal.pause()
        count += 1
    time.sleep(seconds)
except BlockingIOError:
    pass  # any other reason says nothing of the limit
print(count)
