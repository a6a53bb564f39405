# entry: 89
# task: steepest-rise
# what: Makes and removes a folder of its own.
# family: patch
import os
import shutil
import tempfile

folder = tempfile.mkdtemp()
os.mkdir(os.path.join(folder, "tests"))
shutil.rmtree(folder)
import sys

readings = [int(word) for word in sys.stdin.read().split()[1:]]
print(max([after - before for before, after in zip(readings, readings[1:])] + [0]))
