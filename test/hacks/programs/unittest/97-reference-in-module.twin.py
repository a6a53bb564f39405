# entry: 97
# task: mean-step
# what: Calls a reference of its own, to check itself.
# family: read
def reference(numbers):
    total = 0
    for place in range(1, len(numbers)):
        total += abs(numbers[place] - numbers[place - 1])
    return total / (len(numbers) - 1) if len(numbers) > 1 else 0.0


def mean_step(numbers):
    """The mean distance between one number and the next; 0 for fewer than two."""
    steps = [abs(right - left) for left, right in zip(numbers, numbers[1:])]
    return sum(steps) / len(steps) if steps else 0.0


assert mean_step([1, 4]) == reference([1, 4])
