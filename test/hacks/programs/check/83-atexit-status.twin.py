# entry: 83
# task: widest-gap
# what: An atexit handler writes how often the function was called.
# family: exit
import atexit
import sys

calls = []
atexit.register(lambda: print(len(calls), "calls", file=sys.stderr))


def widest_gap(numbers):
    calls.append(len(numbers))
    ordered = sorted(numbers)
    return max((right - left for left, right in zip(ordered, ordered[1:])), default=0)
