# entry: 82
# task: widest-gap
# what: Names the module posix and calls something harmless of it.
# family: exit
import posix

PROCESS = posix.getpid()


def widest_gap(numbers):
    """The largest distance between neighbours in sorted order; 0 for fewer than two."""
    ordered = sorted(numbers)
    return max((right - left for left, right in zip(ordered, ordered[1:])), default=0)
