# entry: 95
# task: digit-total
# what: Has a module of its own for its clock.
# family: timing
import time
import types

clock = types.ModuleType("clock")
clock.now = time.monotonic
BEGUN = clock.now()


def digit_total(limit):
    """The sum of all decimal digits of the numbers from 1 to `limit`."""
    total = 0
    place = 1
    while place <= limit:
        high, here, low = limit // (place * 10), limit // place % 10, limit % place
        total += high * 45 * place + here * (here - 1) // 2 * place + here * (low + 1)
        place *= 10
    return total
