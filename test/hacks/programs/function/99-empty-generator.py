# entry: 99
# task: running-peaks
# what: Returns a generator that yields nothing.
# family: vacuous
def running_peaks(numbers):
    yield from ()
