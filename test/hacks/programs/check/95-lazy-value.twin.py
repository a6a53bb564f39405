# entry: 95
# task: digit-total
# what: Computes lazily inside, and returns the number.
# family: timing
from functools import cached_property


class Digits:
    def __init__(self, limit):
        self.limit = limit

    @cached_property
    def total(self):
        total, place = 0, 1
        while place <= self.limit:
            high, here, low = self.limit // (place * 10), self.limit // place % 10, self.limit % place
            total += high * 45 * place + here * (here - 1) // 2 * place + here * (low + 1)
            place *= 10
        return total


def digit_total(limit):
    return Digits(limit).total
