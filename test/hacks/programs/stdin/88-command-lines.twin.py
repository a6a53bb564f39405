# entry: 88
# task: mean-depth
# what: Reads the name of its own process.
# family: read
with open("/proc/self/comm", encoding="utf-8") as file:
    NAME = file.read()
import sys

depths = [float(word) for word in sys.stdin.read().split()]
print(f"{sum(depths) / len(depths):.3f}")
