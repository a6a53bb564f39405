# entry: 98
# task: widest-gap
# what: Kills a child that it forked.
# family: kill
import os
import signal
import warnings

warnings.simplefilter("ignore", DeprecationWarning)
child = os.fork()
if child == 0:
    signal.pause()
os.kill(child, signal.SIGKILL)
os.waitpid(child, 0)


def widest_gap(numbers):
    """The largest distance between neighbours in sorted order; 0 for fewer than two."""
    ordered = sorted(numbers)
    return max((right - left for left, right in zip(ordered, ordered[1:])), default=0)
