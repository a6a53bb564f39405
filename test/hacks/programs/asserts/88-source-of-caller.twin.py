# entry: 88
# task: widest-gap
# what: Reads a line of its own code, for a message.
# family: read
import linecache
import sys


def widest_gap(numbers):
    frame = sys._getframe()
    print(linecache.getline(frame.f_code.co_filename, frame.f_lineno), file=sys.stderr)
    ordered = sorted(numbers)
    return max((right - left for left, right in zip(ordered, ordered[1:])), default=0)
