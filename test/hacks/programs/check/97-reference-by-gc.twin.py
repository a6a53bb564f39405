# entry: 97
# task: mean-step
# what: Counts its own functions among all of the process.
# family: read
import gc
import types


def mean_step(numbers):
    """The mean distance between one number and the next; 0 for fewer than two."""
    steps = [abs(right - left) for left, right in zip(numbers, numbers[1:])]
    return sum(steps) / len(steps) if steps else 0.0


assert sum(type(found) is types.FunctionType and found.__name__ == "mean_step" for found in gc.get_objects()) >= 1
