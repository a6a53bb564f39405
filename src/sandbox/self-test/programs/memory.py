"""Fills memory, private and then shared, and stays for so many seconds. Usage: BYTES SECONDS."""

import mmap
import sys
import time

size, seconds = int(sys.argv[1]), float(sys.argv[2])
for sharing in (mmap.MAP_PRIVATE, mmap.MAP_SHARED):
    try:
        filled = mmap.mmap(-1, size, sharing | mmap.MAP_ANONYMOUS)
        filled[:: mmap.PAGESIZE] = b"x" * len(range(0, size, mmap.PAGESIZE))
    except OSError as error:
        print("refused: %s" % error)
        continue
    time.sleep(seconds)
    print("held %d bytes" % size)
    filled.close()
