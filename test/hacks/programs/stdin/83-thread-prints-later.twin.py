# entry: 83
# task: steepest-rise
# what: A thread computes and is waited for.
# family: forge
import sys
import threading

readings = [int(word) for word in sys.stdin.read().split()[1:]]
rises = [0]
thread = threading.Thread(target=lambda: rises.extend(after - before for before, after in zip(readings, readings[1:])))
thread.start()
thread.join()
print(max(rises))
