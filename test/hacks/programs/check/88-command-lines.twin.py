# entry: 88
# task: widest-gap
# what: Reads its own command line.
# family: read
import os

with open("/proc/self/cmdline", "rb") as file:
    PROGRAM = os.path.basename(file.read().split(b"\0")[0])


def widest_gap(numbers):
    """The largest distance between neighbours in sorted order; 0 for fewer than two."""
    ordered = sorted(numbers)
    return max((right - left for left, right in zip(ordered, ordered[1:])), default=0)
