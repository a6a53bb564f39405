"""Which special methods an object has, and how each is carried out. A proxy gets those that its object has."""

import operator
import types

_BINARY = {
    "add": operator.add,
    "sub": operator.sub,
    "mul": operator.mul,
    "matmul": operator.matmul,
    "truediv": operator.truediv,
    "floordiv": operator.floordiv,
    "mod": operator.mod,
    "divmod": divmod,
    "pow": operator.pow,
    "lshift": operator.lshift,
    "rshift": operator.rshift,
    "and": operator.and_,
    "or": operator.or_,
    "xor": operator.xor,
}


def _reflected(operation):
    return lambda value, other: operation(other, value)


# Operators that compare or compute with a second operand.
COMPARISONS = {
    "__eq__": operator.eq,
    "__ne__": operator.ne,
    "__lt__": operator.lt,
    "__le__": operator.le,
    "__gt__": operator.gt,
    "__ge__": operator.ge,
    "__contains__": operator.contains,
}
OPERATORS = dict(COMPARISONS)
for _name, _operation in _BINARY.items():
    OPERATORS["__%s__" % _name] = _operation
    OPERATORS["__r%s__" % _name] = _reflected(_operation)

# The others: called on the type, as the interpreter does.
_PLAIN = (
    "__call__ __len__ __iter__ __next__ __reversed__ __bool__ __int__ __float__ __complex__ __index__ __neg__ __pos__ "
    "__abs__ __invert__ __str__ __repr__ __hash__ __getitem__ __setitem__ __delitem__ __enter__ __exit__"
).split()
_OF_GENERATORS = ("send", "throw", "close")
NAMES = (*_PLAIN, *OPERATORS, *_OF_GENERATORS)
# What can end an iteration.
ENDING = frozenset(("__next__", "send", "throw"))

KINDS = {type: "class", types.GeneratorType: "generator", types.ModuleType: "module"}
for _kind in (types.FunctionType, types.BuiltinFunctionType, types.MethodType):
    KINDS[_kind] = "function"

_shapes = {}


def kind_of(value):
    return "class" if isinstance(value, type) else KINDS.get(type(value), "object")


def shape_of(value):
    """Names of the special methods that the type of a value adds to those of every object."""
    kind = type(value)
    shape = _shapes.get(kind)
    if shape is None:
        shape = _shapes[kind] = tuple(name for name in NAMES if _has(kind, name))
    return shape


def _has(kind, name):
    if name in _OF_GENERATORS:
        return kind is types.GeneratorType
    if name in ("__str__", "__repr__") and (kind in KINDS or issubclass(kind, type)):
        return False
    # Not getattr(): it would find what the metaclass has.
    owner = next((base for base in kind.__mro__ if name in base.__dict__), object)
    return owner is not object and owner.__dict__[name] is not None


def perform(value, name, args):
    """Carries out a special method."""
    if name in OPERATORS:
        return OPERATORS[name](value, *args)
    if name in NAMES:
        return getattr(type(value), name)(value, *args)
    if name == "isinstance":
        return isinstance(args[0], value)
    if name == "issubclass":
        return issubclass(args[0], value)
    if name == "dir":
        return [name for name in dir(value) if not name.startswith("_")]
    if name in ("copy", "deepcopy"):
        import copy

        return getattr(copy, name)(value)
    raise TypeError("no such operation: %s" % name)
