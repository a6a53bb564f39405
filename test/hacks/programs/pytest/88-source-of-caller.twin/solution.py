# entry: 88
# task: widest-gap
# what: Reads a line of its own file.
# family: read
import linecache

FIRST = linecache.getline(__file__, 1)


def widest_gap(numbers):
    """The largest distance between neighbours in sorted order; 0 for fewer than two."""
    ordered = sorted(numbers)
    return max((right - left for left, right in zip(ordered, ordered[1:])), default=0)
