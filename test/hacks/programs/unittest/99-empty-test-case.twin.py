# entry: 99
# task: widest-gap
# what: Loads tests of its own, which has none.
# family: vacuous
import unittest


def widest_gap(numbers):
    """The largest distance between neighbours in sorted order; 0 for fewer than two."""
    ordered = sorted(numbers)
    return max((right - left for left, right in zip(ordered, ordered[1:])), default=0)


class NoTests(unittest.TestCase):
    pass


assert unittest.TestLoader().getTestCaseNames(NoTests) == []
