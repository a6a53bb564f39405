# entry: 82
# task: widest-gap
# what: Sends itself a signal whose handler counts.
# family: kill
import os
import signal

received = []
previous = signal.signal(signal.SIGUSR1, lambda *_: received.append(1))
os.kill(os.getpid(), signal.SIGUSR1)
signal.signal(signal.SIGUSR1, previous)


def widest_gap(numbers):
    """The largest distance between neighbours in sorted order; 0 for fewer than two."""
    ordered = sorted(numbers)
    return max((right - left for left, right in zip(ordered, ordered[1:])), default=0)
