# entry: 88
# task: widest-gap
# what: Reads a setting of its own in the environment.
# family: environment
import os

SMALLEST = int(os.environ.get("WIDEST_GAP_SMALLEST", "0"))


def widest_gap(numbers):
    ordered = sorted(numbers)
    return max((right - left for left, right in zip(ordered, ordered[1:])), default=SMALLEST)
