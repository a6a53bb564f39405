# entry: 92
# task: pair-sum
# what: Asks where its user's packages would be.
# family: environment
import site

FOLDER = site.getusersitepackages()
import sys

target, *numbers = [int(word) for word in sys.stdin.read().split()]
seen = {}
for place, number in enumerate(numbers):
    if target - number in seen:
        print(seen[target - number], place)
        break
    seen.setdefault(number, place)
else:
    print(-1)
