# entry: 82
# task: widest-gap
# what: Has a conftest.py with a fixture.
# family: exit
def widest_gap(numbers):
    """The largest distance between neighbours in sorted order; 0 for fewer than two."""
    ordered = sorted(numbers)
    return max((right - left for left, right in zip(ordered, ordered[1:])), default=0)
