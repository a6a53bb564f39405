# entry: 85
# task: widest-gap
# what: Runs a test suite of its own inside.
# family: patch
import io
import unittest


def widest_gap(numbers):
    """The largest distance between neighbours in sorted order; 0 for fewer than two."""
    ordered = sorted(numbers)
    return max((right - left for left, right in zip(ordered, ordered[1:])), default=0)


class OwnTests(unittest.TestCase):
    def test_pair(self):
        self.assertEqual(widest_gap([1, 5]), 4)


unittest.TextTestRunner(stream=io.StringIO()).run(OwnTests("test_pair"))
