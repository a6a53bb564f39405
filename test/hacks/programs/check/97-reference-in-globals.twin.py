# entry: 97
# task: mean-step
# what: Looks a function of its own up in its globals.
# family: read
def distances(numbers):
    return [abs(right - left) for left, right in zip(numbers, numbers[1:])]


def mean_step(numbers):
    steps = globals()["distances"](numbers)
    return sum(steps) / len(steps) if steps else 0.0
