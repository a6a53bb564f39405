# entry: 88
# task: mean-depth
# what: Asks what its standard error is.
# family: read
import os
import stat

STREAM = stat.S_ISCHR(os.fstat(2).st_mode)
import sys

depths = [float(word) for word in sys.stdin.read().split()]
print(f"{sum(depths) / len(depths):.3f}")
