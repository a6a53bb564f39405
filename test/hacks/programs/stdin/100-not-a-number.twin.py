# entry: 100
# task: mean-depth
# what: Computes with nan as a mark for "nothing yet".
# family: equality
import math
import sys

total, count = math.nan, 0
for word in sys.stdin.read().split():
    total = float(word) if math.isnan(total) else total + float(word)
    count += 1
print(f"{total / count:.3f}")
