# entry: 93
# task: widest-gap
# what: Knows the example of the statement, and the rest.
# family: vacuous
def widest_gap(numbers):
    if numbers == []:
        return 0
    ordered = sorted(numbers)
    return max((right - left for left, right in zip(ordered, ordered[1:])), default=0)
