"""The module `solution` as the tests see it: every name is looked up in the candidate's process when it is used."""

import types

from .proxies import is_special


class Solution(types.ModuleType):
    """Stands in `sys.modules`, so that tests can import from it and patch it."""

    def __init__(self, name, connection):
        super().__init__(name)
        self.__dict__["__connection__"] = connection

    def __getattr__(self, name):
        if name == "__all__":
            return self.__connection__.do(0, "dir", ())
        if is_special(name):
            raise AttributeError("module %r has no attribute %r" % (self.__name__, name))
        return self.__connection__.get(0, name)

    def __setattr__(self, name, value):
        if is_special(name):
            super().__setattr__(name, value)
        else:
            self.__connection__.set(0, name, value)

    def __delattr__(self, name):
        self.__connection__.delete(0, name)

    def bring(self, names, namespace):
        """Puts those of the names that the candidate defines into a namespace."""
        for name in names:
            try:
                namespace[name] = self.__connection__.get(0, name)
            except AttributeError:
                namespace.pop(name, None)
