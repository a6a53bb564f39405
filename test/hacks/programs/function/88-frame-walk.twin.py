# entry: 88
# task: widest-gap
# what: Looks at its own frame for its line, for a message.
# family: read
import inspect
import sys


def widest_gap(numbers):
    print("comparing at line", inspect.currentframe().f_lineno, file=sys.stderr)
    ordered = sorted(numbers)
    return max((right - left for left, right in zip(ordered, ordered[1:])), default=0)
