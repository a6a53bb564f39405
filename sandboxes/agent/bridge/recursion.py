"""Recursion over values, wherever in the stack of a program it begins."""

import sys

# Values are at most 200 deep, with a few calls for each level.
_ROOM = 2000


def with_room(function, *args):
    """Calls a function that recurses over a value, with a higher limit of recursion should the caller be near it."""
    try:
        return function(*args)
    except RecursionError:
        limit = sys.getrecursionlimit()
        sys.setrecursionlimit(limit + _ROOM)
        try:
            return function(*args)
        finally:
            sys.setrecursionlimit(limit)
