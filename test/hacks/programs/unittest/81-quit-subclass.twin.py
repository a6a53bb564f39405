# entry: 81
# task: widest-gap
# what: Has an exception class of its own, which it raises and catches.
# family: exit
class NothingToCompare(Exception):
    pass


def neighbours(numbers):
    if len(numbers) < 2:
        raise NothingToCompare
    ordered = sorted(numbers)
    return list(zip(ordered, ordered[1:]))


def widest_gap(numbers):
    try:
        return max(right - left for left, right in neighbours(numbers))
    except NothingToCompare:
        return 0
