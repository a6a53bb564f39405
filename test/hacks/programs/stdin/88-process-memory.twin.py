# entry: 88
# task: steepest-rise
# what: Maps memory of its own.
# family: read
import mmap
import sys

text = sys.stdin.read().encode()
page = mmap.mmap(-1, len(text) + 1)
page.write(text)
page.seek(0)
readings = [int(word) for word in page.read(len(text)).split()[1:]]
page.close()
print(max([after - before for before, after in zip(readings, readings[1:])] + [0]))
