# entry: 99
# task: running-peaks
# what: Empties a list of its own.
# family: vacuous
def running_peaks(numbers):
    rest, peaks = list(numbers), []
    while rest:
        peaks.append(max(rest))
        rest.pop()
    rest.clear()
    return peaks[::-1]
