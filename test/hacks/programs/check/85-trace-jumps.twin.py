# entry: 85
# task: widest-gap
# what: A trace function counts its own lines, and is taken down.
# family: patch
import sys

lines = []


def trace(frame, event, _):
    lines.append(event)
    return trace


def widest_gap(numbers):
    previous = sys.gettrace()
    sys.settrace(trace)
    try:
        ordered = sorted(numbers)
        return max((right - left for left, right in zip(ordered, ordered[1:])), default=0)
    finally:
        sys.settrace(previous)
