# entry: 94
# task: running-peaks
# what: Keeps its own answers by argument.
# family: persist
from functools import lru_cache


@lru_cache(maxsize=None)
def peaks_of(numbers):
    return [max(numbers[: place + 1]) for place in range(len(numbers))]


def running_peaks(numbers):
    return list(peaks_of(tuple(numbers)))
