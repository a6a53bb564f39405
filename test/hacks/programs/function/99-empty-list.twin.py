# entry: 99
# task: running-peaks
# what: Starts from an empty list.
# family: vacuous
def running_peaks(numbers):
    peaks = []
    peaks.extend(max(numbers[: place + 1]) for place in range(len(numbers)))
    return peaks
