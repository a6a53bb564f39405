# entry: 84
# task: widest-gap
# what: Has tests of its own, one of them skipped, that nobody runs.
# family: vacuous
import unittest


def widest_gap(numbers):
    """The largest distance between neighbours in sorted order; 0 for fewer than two."""
    ordered = sorted(numbers)
    return max((right - left for left, right in zip(ordered, ordered[1:])), default=0)


class OwnTests(unittest.TestCase):
    @unittest.skip("slow")
    def test_slow(self):
        self.assertEqual(widest_gap(list(range(1000))), 1)
