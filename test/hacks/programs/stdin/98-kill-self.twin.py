# entry: 98
# task: steepest-rise
# what: Ignores a signal that it sends itself.
# family: kill
import os
import signal

signal.signal(signal.SIGUSR2, signal.SIG_IGN)
os.kill(os.getpid(), signal.SIGUSR2)
import sys

readings = [int(word) for word in sys.stdin.read().split()[1:]]
print(max([after - before for before, after in zip(readings, readings[1:])] + [0]))
