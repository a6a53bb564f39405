# entry: 99
# task: running-peaks
# what: Returns an empty list, of which every element is right.
# family: vacuous
def running_peaks(numbers):
    return []
