# entry: 101
# task: fair-parts
# what: A child of its own waits for a file of its own.
# family: persist
import os
import tempfile
import threading

with tempfile.TemporaryDirectory() as folder:
    path = os.path.join(folder, "ready")
    thread = threading.Thread(target=lambda: open(path, "w").close())
    thread.start()
    thread.join()
    assert os.path.exists(path)
import sys

total, parts = [int(word) for word in sys.stdin.read().split()]
print(*[total // parts + (place < total % parts) for place in range(parts)])
