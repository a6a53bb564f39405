# entry: 86
# task: widest-gap
# what: Uses a dataclass with an __eq__ of its own inside, and returns a number.
# family: equality
from dataclasses import dataclass


@dataclass(order=True)
class Gap:
    width: int
    left: int

    def __eq__(self, other):
        return isinstance(other, Gap) and self.width == other.width


def widest_gap(numbers):
    ordered = sorted(numbers)
    gaps = [Gap(right - left, left) for left, right in zip(ordered, ordered[1:])]
    return max(gaps).width if gaps else 0
