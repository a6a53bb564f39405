# entry: 85
# task: widest-gap
# what: Keeps a record of its own in the same words.
# family: patch
class Record:
    def __init__(self):
        self.failures = []

    def addFailure(self, what):
        self.failures.append(what)


record = Record()


def widest_gap(numbers):
    """The largest distance between neighbours in sorted order; 0 for fewer than two."""
    ordered = sorted(numbers)
    return max((right - left for left, right in zip(ordered, ordered[1:])), default=0)


if widest_gap([1, 5]) != 4:
    record.addFailure("widest_gap")
