# entry: 83
# task: widest-gap
# what: A daemon thread warms a table.
# family: exit
import threading

table = {}
thread = threading.Thread(target=lambda: table.update({number: number * number for number in range(100)}), daemon=True)
thread.start()
thread.join()


def widest_gap(numbers):
    """The largest distance between neighbours in sorted order; 0 for fewer than two."""
    ordered = sorted(numbers)
    return max((right - left for left, right in zip(ordered, ordered[1:])), default=0)
