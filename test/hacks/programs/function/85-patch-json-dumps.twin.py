# entry: 85
# task: widest-gap
# what: Uses json.dumps for a copy, with a default of its own.
# family: patch
import json


def widest_gap(numbers):
    ordered = sorted(json.loads(json.dumps(list(numbers), default=str)))
    return max((right - left for left, right in zip(ordered, ordered[1:])), default=0)
