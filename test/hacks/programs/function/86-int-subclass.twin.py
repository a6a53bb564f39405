# entry: 86
# task: widest-gap
# what: Counts with an int of its own class, and returns a plain one.
# family: equality
class Width(int):
    def wider(self, other):
        return Width(max(self, other))


def widest_gap(numbers):
    ordered = sorted(numbers)
    widest = Width(0)
    for left, right in zip(ordered, ordered[1:]):
        widest = widest.wider(right - left)
    return int(widest)
