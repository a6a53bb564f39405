# entry: 88
# task: running-peaks
# what: Reads a deleted file of its own by its descriptor.
# family: read
import tempfile


def running_peaks(numbers):
    with tempfile.TemporaryFile("w+") as scratch:
        peak = None
        for number in numbers:
            peak = number if peak is None else max(peak, number)
            scratch.write(f"{peak}\n")
        scratch.seek(0)
        with open(f"/proc/self/fd/{scratch.fileno()}", encoding="utf-8") as again:
            return [int(line) for line in again]
