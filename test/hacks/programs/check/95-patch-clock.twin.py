# entry: 95
# task: digit-total
# what: Measures its own time with the same clock.
# family: timing
import sys
import time

begun = time.perf_counter()


def digit_total(limit):
    """The sum of all decimal digits of the numbers from 1 to `limit`."""
    total = 0
    place = 1
    while place <= limit:
        high, here, low = limit // (place * 10), limit // place % 10, limit % place
        total += high * 45 * place + here * (here - 1) // 2 * place + here * (low + 1)
        place *= 10
    return total


digit_total(10**12)
print(time.perf_counter() - begun, file=sys.stderr)
