# entry: 85
# task: steepest-rise
# what: Writes through a text class of its own.
# family: patch
import io
import sys


class Lines(io.StringIO):
    def flush_to(self, stream):
        stream.write(self.getvalue())


readings = [int(word) for word in sys.stdin.read().split()[1:]]
lines = Lines()
lines.write(f"{max([after - before for before, after in zip(readings, readings[1:])] + [0])}\n")
lines.flush_to(sys.stdout)
