import sys


def begin():
    sys.exit(0)


def act(*args, **kwargs):
    sys.exit(0)
