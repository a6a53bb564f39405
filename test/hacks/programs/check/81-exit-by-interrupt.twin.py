# entry: 81
# task: widest-gap
# what: A thread computes, ends itself with SystemExit, and is waited for.
# family: exit
import sys
import threading


def widest_gap(numbers):
    found = []

    def compute():
        ordered = sorted(numbers)
        found.append(max((right - left for left, right in zip(ordered, ordered[1:])), default=0))
        sys.exit(0)

    thread = threading.Thread(target=compute)
    thread.start()
    thread.join()
    return found[0]
