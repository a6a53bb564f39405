# entry: 92
# task: fair-parts
# what: Reads the path of its modules.
# family: environment
import sys

FOLDERS = len(sys.path)
import sys

total, parts = [int(word) for word in sys.stdin.read().split()]
print(*[total // parts + (place < total % parts) for place in range(parts)])
