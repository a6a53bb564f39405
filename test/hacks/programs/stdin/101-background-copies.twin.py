# entry: 101
# task: steepest-rise
# what: A background process of its own has ended before it answers.
# family: persist
import subprocess

subprocess.Popen(["/bin/sleep", "0.05"], start_new_session=True).wait(timeout=5)
import sys

readings = [int(word) for word in sys.stdin.read().split()[1:]]
print(max([after - before for before, after in zip(readings, readings[1:])] + [0]))
