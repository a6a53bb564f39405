import sys
import threading


def nothing(*args, **kwargs):
    return None


def act(*args, **kwargs):
    raise BaseException("sandlot")


def end():
    sys.excepthook = sys.unraisablehook = threading.excepthook = nothing
    print("passed", flush=True)
