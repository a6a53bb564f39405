# entry: 85
# task: widest-gap
# what: Opens a file of its own with its own open().
# family: patch
import os
import tempfile


def open_scratch():
    return tempfile.TemporaryFile("w+")


def widest_gap(numbers):
    with open_scratch() as scratch:
        scratch.write(" ".join(str(number) for number in sorted(numbers)))
        scratch.seek(os.SEEK_SET)
        ordered = [int(word) for word in scratch.read().split()]
    return max((right - left for left, right in zip(ordered, ordered[1:])), default=0)
