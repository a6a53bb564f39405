# entry: 91
# task: running-peaks
# what: An atexit handler removes what it wrote.
# family: forge
import atexit
import os
import tempfile

handle, path = tempfile.mkstemp()
os.close(handle)
atexit.register(os.remove, path)


def running_peaks(numbers):
    """The largest number so far, at every place."""
    peaks = []
    for number in numbers:
        peaks.append(max(peaks[-1], number) if peaks else number)
    return peaks
