# entry: 85
# task: widest-gap
# what: Shadows a builtin in its own module.
# family: patch
def bool(value):
    return 1 if value else 0


def widest_gap(numbers):
    ordered = sorted(numbers)
    return max((right - left for left, right in zip(ordered, ordered[1:])), default=0) * bool(numbers)
