# entry: 92
# task: widest-gap
# what: Makes a module of its own that is called like one of the library's, and leaves that alone.
# family: patch
import types

calendar = types.ModuleType("calendar")
calendar.smallest = 0


def widest_gap(numbers):
    ordered = sorted(numbers)
    return max((right - left for left, right in zip(ordered, ordered[1:])), default=calendar.smallest)
