# entry: 99
# task: running-peaks
# what: Yields the peaks inside, and returns a list.
# family: vacuous
def peaks_of(numbers):
    peak = None
    for number in numbers:
        peak = number if peak is None else max(peak, number)
        yield peak


def running_peaks(numbers):
    return list(peaks_of(numbers))
