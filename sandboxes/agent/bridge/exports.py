"""What the other side may do with the objects that it was given."""

import io

from . import shapes


class OpenExports:
    """The candidate's side: everything. Nothing here is trusted anyway."""

    shape = staticmethod(shapes.shape_of)

    def __init__(self, root):
        self.root = root

    def perform(self, value, operation, name, args, kwargs):
        if operation == "call":
            return value(*args, **kwargs)
        if operation == "get":
            return getattr(value, name)
        if operation == "set":
            return setattr(value, name, *args)
        if operation == "del":
            return delattr(value, name)
        return shapes.perform(value, name, args)


# Of objects that the tests did not define.
_ALWAYS = frozenset(
    "__call__ __len__ __iter__ __next__ __reversed__ __getitem__ __contains__ __enter__ __exit__ "
    "send throw close".split()
)
_OPERATIONS = frozenset(("call", "get", "do"))


class GuardedExports:
    """The tests' side: calling, iterating, and reading what is public of the tests' own objects."""

    root = None

    def __init__(self, module):
        self._module = module

    def shape(self, value):
        shape = shapes.shape_of(value)
        return shape if self._is_own(value) else tuple(name for name in shape if name in _ALWAYS)

    def _is_own(self, value):
        """Whether the tests define the class, or it is a double of theirs. A test case is not meant to be read."""
        owner = value if isinstance(value, type) else type(value)
        if owner in (io.StringIO, io.BytesIO):
            return True
        if any(base.__module__ == "unittest.case" for base in owner.__mro__):
            return False
        return owner.__module__ in (self._module, "unittest.mock")

    def perform(self, value, operation, name, args, kwargs):
        if operation not in _OPERATIONS:
            raise AttributeError("objects of the tests are read-only")
        if operation == "get":
            return self._get(value, name)
        if operation == "do" and name in ("isinstance", "issubclass") and isinstance(value, type):
            return shapes.perform(value, name, args)
        special = "__call__" if operation == "call" else name
        if special not in self.shape(value):
            raise TypeError("%r object has no %s" % (type(value).__name__, special))
        return value(*args, **kwargs) if operation == "call" else shapes.perform(value, name, args)

    def _get(self, value, name):
        if name.startswith("_") or not self._is_own(value):
            raise AttributeError("%r object has no public attribute %r" % (type(value).__name__, name[:100]))
        return getattr(value, name)
