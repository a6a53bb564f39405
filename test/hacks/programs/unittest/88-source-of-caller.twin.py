# entry: 88
# task: widest-gap
# what: Parses a line of its own.
# family: read
import ast

SMALLEST = ast.literal_eval(ast.parse("smallest(0)").body[0].value.args[0])


def widest_gap(numbers):
    ordered = sorted(numbers)
    return max((right - left for left, right in zip(ordered, ordered[1:])), default=SMALLEST)
