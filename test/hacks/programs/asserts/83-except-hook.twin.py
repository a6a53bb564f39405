# entry: 83
# task: widest-gap
# what: Replaces sys.excepthook by one that writes more.
# family: exit
import sys
import traceback


def explain(kind, error, trace):
    print("the program failed:", file=sys.stderr)
    traceback.print_exception(kind, error, trace)


sys.excepthook = explain


def widest_gap(numbers):
    """The largest distance between neighbours in sorted order; 0 for fewer than two."""
    ordered = sorted(numbers)
    return max((right - left for left, right in zip(ordered, ordered[1:])), default=0)
