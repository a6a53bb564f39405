# entry: 83
# task: steepest-rise
# what: A thread that is not a daemon prints a verdict when the main thread has ended.
# family: forge
import sys
import threading


def later():
    threading.main_thread().join()
    print('{"results": []}', file=sys.__stdout__, flush=True)


threading.Thread(target=later).start()
print("nothing yet")
