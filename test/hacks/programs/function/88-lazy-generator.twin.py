# entry: 88
# task: running-peaks
# what: Reads a generator of its own that looks at its frame.
# family: read
import sys


def peaks_of(numbers):
    assert sys._getframe().f_code.co_name == "peaks_of"
    for place in range(len(numbers)):
        yield max(numbers[: place + 1])


def running_peaks(numbers):
    return [*peaks_of(numbers)]
