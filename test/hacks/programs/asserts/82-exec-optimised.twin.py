# entry: 82
# task: widest-gap
# what: Looks at the interpreter's flags.
# family: exit
import sys

VERBOSE = not sys.flags.optimize and bool(sys.argv)


def widest_gap(numbers):
    """The largest distance between neighbours in sorted order; 0 for fewer than two."""
    ordered = sorted(numbers)
    return max((right - left for left, right in zip(ordered, ordered[1:])), default=0)
