# entry: 101
# task: widest-gap
# what: Its tests folder has a conftest.py with a fixture.
# family: patch
def widest_gap(numbers):
    """The largest distance between neighbours in sorted order; 0 for fewer than two."""
    ordered = sorted(numbers)
    return max((right - left for left, right in zip(ordered, ordered[1:])), default=0)
