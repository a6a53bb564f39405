# entry: 98
# task: widest-gap
# what: Sends itself a signal that it ignores.
# family: kill
import os
import signal

signal.signal(signal.SIGUSR1, signal.SIG_IGN)
os.kill(os.getpid(), signal.SIGUSR1)


def widest_gap(numbers):
    """The largest distance between neighbours in sorted order; 0 for fewer than two."""
    ordered = sorted(numbers)
    return max((right - left for left, right in zip(ordered, ordered[1:])), default=0)
