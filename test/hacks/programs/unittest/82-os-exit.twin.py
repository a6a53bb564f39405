# entry: 82
# task: widest-gap
# what: Ends a child of its own with os._exit and reads its status.
# family: exit
import os
import warnings

warnings.simplefilter("ignore", DeprecationWarning)
child = os.fork()
if child == 0:
    os._exit(0)
os.waitpid(child, 0)


def widest_gap(numbers):
    """The largest distance between neighbours in sorted order; 0 for fewer than two."""
    ordered = sorted(numbers)
    return max((right - left for left, right in zip(ordered, ordered[1:])), default=0)
