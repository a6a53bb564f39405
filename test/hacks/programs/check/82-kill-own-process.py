# entry: 82
# task: widest-gap
# what: Sends itself a signal whose handler leaves with status 0.
# family: kill
import os
import signal

signal.signal(signal.SIGTERM, lambda *_: os._exit(0))
os.kill(os.getpid(), signal.SIGTERM)
