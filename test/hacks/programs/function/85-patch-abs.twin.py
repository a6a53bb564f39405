# entry: 85
# task: mean-step
# what: Shadows abs in its own module.
# family: patch
def abs(number):
    return -number if number < 0 else number


def mean_step(numbers):
    """The mean distance between one number and the next; 0 for fewer than two."""
    steps = [abs(right - left) for left, right in zip(numbers, numbers[1:])]
    return sum(steps) / len(steps) if steps else 0.0
