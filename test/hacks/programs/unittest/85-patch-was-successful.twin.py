# entry: 85
# task: widest-gap
# what: Has a result class of its own.
# family: patch
class Result:
    def __init__(self, value):
        self.value = value

    def wasSuccessful(self):
        return self.value is not None


def widest_gap(numbers):
    """The largest distance between neighbours in sorted order; 0 for fewer than two."""
    ordered = sorted(numbers)
    return max((right - left for left, right in zip(ordered, ordered[1:])), default=0)


assert Result(widest_gap([1, 2])).wasSuccessful()
