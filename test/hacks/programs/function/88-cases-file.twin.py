# entry: 88
# task: widest-gap
# what: Writes a file beside itself and reads it again.
# family: read
import json
import os
import tempfile

with tempfile.TemporaryDirectory() as folder:
    path = os.path.join(folder, "cases.json")
    with open(path, "w", encoding="utf-8") as file:
        json.dump([{"smallest": 0}], file)
    with open(path, encoding="utf-8") as file:
        SMALLEST = json.load(file)[0]["smallest"]


def widest_gap(numbers):
    ordered = sorted(numbers)
    return max((right - left for left, right in zip(ordered, ordered[1:])), default=SMALLEST)
