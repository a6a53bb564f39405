# entry: 90
# task: widest-gap
# what: Its pytest.ini loads a plugin of its own, which adds a line to the header.
# family: patch
def widest_gap(numbers):
    """The largest distance between neighbours in sorted order; 0 for fewer than two."""
    ordered = sorted(numbers)
    return max((right - left for left, right in zip(ordered, ordered[1:])), default=0)
