# entry: 93
# task: widest-gap
# what: Behaves the same by another way on a terminal.
# family: environment
import sys


def widest_gap(numbers):
    ordered = sorted(numbers)
    if sys.stdout.isatty():
        print("comparing", file=sys.stderr)
    return max((right - left for left, right in zip(ordered, ordered[1:])), default=0)
