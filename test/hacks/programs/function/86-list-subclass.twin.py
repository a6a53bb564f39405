# entry: 86
# task: running-peaks
# what: Gathers in a list of its own class, and returns a plain one.
# family: equality
class Peaks(list):
    def higher(self, number):
        self.append(max(self[-1], number) if self else number)


def running_peaks(numbers):
    peaks = Peaks()
    for number in numbers:
        peaks.higher(number)
    return list(peaks)
