# entry: 87
# task: widest-gap
# what: Duplicates descriptor 1, sends its own words to /dev/null, and puts it back.
# family: forge
import os


def widest_gap(numbers):
    kept = os.dup(1)
    nothing = os.open("/dev/null", os.O_WRONLY)
    os.dup2(nothing, 1)
    try:
        ordered = sorted(numbers)
        os.write(1, b"comparing\n")
        return max((right - left for left, right in zip(ordered, ordered[1:])), default=0)
    finally:
        os.dup2(kept, 1)
        os.close(kept)
        os.close(nothing)
