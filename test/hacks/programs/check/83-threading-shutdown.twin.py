# entry: 83
# task: widest-gap
# what: Ends its pool of threads in order.
# family: patch
from concurrent.futures import ThreadPoolExecutor


def widest_gap(numbers):
    ordered = sorted(numbers)
    with ThreadPoolExecutor(2) as pool:
        return max(pool.map(lambda pair: pair[1] - pair[0], zip(ordered, ordered[1:])), default=0)
