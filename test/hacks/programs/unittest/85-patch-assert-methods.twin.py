# entry: 85
# task: widest-gap
# what: Has an assertEqual of its own.
# family: patch
class Checks:
    def assertEqual(self, left, right):
        if left != right:
            raise ValueError(f"{left} and {right} differ")


Checks().assertEqual(1 + 1, 2)


def widest_gap(numbers):
    """The largest distance between neighbours in sorted order; 0 for fewer than two."""
    ordered = sorted(numbers)
    return max((right - left for left, right in zip(ordered, ordered[1:])), default=0)
