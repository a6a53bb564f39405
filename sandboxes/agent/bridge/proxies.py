"""Stand-ins for objects of the other process.

On the tests' side no operator hands the test's data to the candidate to be compared or computed with: an object that
equals everything would else pass every test. Both operands may be the candidate's own.
"""

import types

from . import shapes

# Special names that may be read as attributes.
_READABLE = frozenset(
    "__name__ __qualname__ __doc__ __annotations__ __wrapped__ __dict__ __defaults__ __members__".split()
)
_MAX_CLASSES = 2000


class Proxy:
    """What every proxy has. Attribute access and special methods go to the object itself."""

    __slots__ = ("bridge_connection_", "bridge_number_", "__weakref__")
    bridge_kind_ = "object"
    bridge_shape_ = frozenset()

    def __init__(self, connection, number):
        object.__setattr__(self, "bridge_connection_", connection)
        object.__setattr__(self, "bridge_number_", number)

    def __getattr__(self, name):
        if is_special(name) and name not in _READABLE:
            raise AttributeError("%r object has no attribute %r" % (type(self).__name__, name))
        return self.bridge_connection_.get(self.bridge_number_, name)

    def __setattr__(self, name, value):
        if is_special(name):
            raise AttributeError("%r cannot be set" % name)
        self.bridge_connection_.set(self.bridge_number_, name, value)

    def __delattr__(self, name):
        if is_special(name):
            raise AttributeError("%r cannot be deleted" % name)
        self.bridge_connection_.delete(self.bridge_number_, name)

    @property
    def __doc__(self):
        return self.bridge_connection_.get(self.bridge_number_, "__doc__")

    def __eq__(self, other):
        if self is other:
            return True
        if "__eq__" not in self.bridge_shape_ or not _may_hand_over(self, other, silent=True):
            return NotImplemented
        _note_comparison(self, other)
        return _do(self, "__eq__", other) is True

    def __hash__(self):
        # Equal objects need equal hashes, and who is equal only the other process knows.
        if "__hash__" in self.bridge_shape_:
            return _do(self, "__hash__")
        if "__eq__" in self.bridge_shape_:
            raise TypeError("unhashable type: %r" % type(self).__name__)
        return hash(self.bridge_number_)

    def __repr__(self):
        if "__repr__" in self.bridge_shape_ and not self.bridge_connection_.is_describing:
            return _do(self, "__repr__")
        if self.bridge_kind_ in ("class", "function"):
            return "<%s %s>" % (self.bridge_kind_, _qualified(self))
        return "<%s object>" % _qualified(self)

    def __str__(self):
        if "__str__" in self.bridge_shape_ and not self.bridge_connection_.is_describing:
            return _do(self, "__str__")
        return repr(self)

    def __copy__(self):
        return self.bridge_connection_.do(self.bridge_number_, "copy", ())

    def __deepcopy__(self, _memo):
        return self.bridge_connection_.do(self.bridge_number_, "deepcopy", ())

    def __reduce_ex__(self, _protocol):
        raise TypeError("%s lives in another process and cannot be pickled" % _qualified(self))

    def __mro_entries__(self, _bases):
        raise TypeError("%s lives in another process and cannot be a base class" % _qualified(self))


class ClassProxy(Proxy):
    """A class of the other process: usable with isinstance and issubclass, and called to make instances."""

    __slots__ = ()

    def __instancecheck__(self, value):
        return self.bridge_connection_.ask(self, "isinstance", value)

    def __subclasscheck__(self, value):
        return self.bridge_connection_.ask(self, "issubclass", value)

    def __repr__(self):
        return "<class %s>" % _qualified(self)

    # Two classes are one only if they are the same.
    __eq__ = object.__eq__
    __hash__ = object.__hash__


class GeneratorProxy(Proxy):
    """A generator of the other process, and an instance of generators here."""

    __slots__ = ()

    @property
    def __class__(self):
        return types.GeneratorType


def is_special(name):
    return name.startswith("__") and name.endswith("__")


def _qualified(proxy):
    name = type(proxy).__name__
    return "%s.%s" % (type(proxy).__module__, name) if name.isidentifier() else name


def _do(proxy, name, *args):
    return proxy.bridge_connection_.do(proxy.bridge_number_, name, args)


def _may_hand_over(proxy, other, silent=False):
    connection = proxy.bridge_connection_
    if not connection.is_guarded or connection.lets_operators or connection.is_of_peer(other):
        return True
    if not silent:
        connection.note("operator_refused")
    return False


def _note_comparison(proxy, other):
    if proxy.bridge_connection_.is_of_peer(other):
        proxy.bridge_connection_.note("handles_compared")


def _forward(name):
    def method(self, *args):
        return _do(self, name, *args)

    return method


def _guarded(name):
    def method(self, *args):
        # The third operand of pow() is one, too.
        for other in args:
            if not _may_hand_over(self, other):
                raise TypeError("%s of %s with the tests' own data is not handed over" % (name, _qualified(self)))
        if name in shapes.COMPARISONS:
            _note_comparison(self, args[0])
        return _do(self, name, *args)

    return method


def _call(self, *args, **kwargs):
    return self.bridge_connection_.call(self.bridge_number_, args, kwargs)


def _leave(self, *args):
    return self.bridge_connection_.leave(self.bridge_number_, args)


_METHODS = {name: _guarded(name) if name in shapes.OPERATORS else _forward(name) for name in shapes.NAMES}
_METHODS.update(__call__=_call, __exit__=_leave)
for _name in ("__eq__", "__ne__", "__hash__", "__repr__", "__str__"):
    del _METHODS[_name]  # every proxy has its own

_BASES = {"class": ClassProxy, "generator": GeneratorProxy, "function": Proxy, "module": Proxy, "object": Proxy}


class ProxyTypes:
    """Classes of proxies by what they stand for: with as many special methods as that has."""

    def __init__(self, module):
        self._module = module
        self._made = {}

    def get(self, kind, name, shape):
        key = kind, name, tuple(shape)
        made = self._made.get(key)
        if made is None:
            if len(self._made) >= _MAX_CLASSES:
                raise ValueError("too many types of objects")
            base, shape = _BASES[kind], frozenset(shape)
            body = {special: _METHODS[special] for special in shape & _METHODS.keys()}
            body.update(__slots__=(), __module__=self._module, bridge_kind_=kind, bridge_shape_=shape)
            body["__doc__"] = Proxy.__dict__["__doc__"]  # a class has one of its own otherwise
            made = self._made[key] = type(name, (base,), body)
        return made
