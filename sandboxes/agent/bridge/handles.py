"""Numbers for objects that stay where they are, and the proxies of those of the other side."""

import types

from . import proxies, shapes
from .errors import Errors
from .values import Codec
from .wire import WireError

_MAX_NAME = 200


class Handles:
    """Who is meant by a number, in both directions. Only what was handed out can be meant."""

    def __init__(self, connection, exports, module):
        self.codec = Codec(self)
        self._errors = Errors(self, connection)
        self._connection = connection
        self._exports = exports
        self._types = proxies.ProxyTypes(module)
        # Number 0 is the solution itself.
        self._exported = [exports.root]
        self._numbers = {}
        self._described = set()
        self._unsent = []
        self._imported = {}

    def describe(self, value, depth):
        """The node of an object that is not plain."""
        kind = type(value)
        if issubclass(kind, proxies.Proxy):
            return {"p": value.bridge_number_}
        if issubclass(kind, BaseException):
            return self._errors.describe(value, depth)
        if issubclass(kind, type):
            node = self._errors.describe_class(value)
            if node:
                return node
        number, is_new = self.export(value)
        if not is_new:
            return {"h": [number]}
        kind = shapes.kind_of(value)
        named = value if kind in ("class", "function", "module") else type(value)
        return {"h": [number, kind, str(getattr(named, "__name__", "?"))[:_MAX_NAME], list(self._exports.shape(value))]}

    def export(self, value):
        """(number, whether the other side has not been told of it)."""
        key = _identity(value)
        number = self._numbers.get(key)
        if number is None:
            number = self._numbers[key] = len(self._exported)
            self._exported.append(value)
        is_new = number not in self._described
        if is_new:
            self._described.add(number)
            self._unsent.append(number)
        return number, is_new

    def settle(self, sent):
        """After a message: if it was not sent, what it described has to be described again."""
        if self._unsent:
            if not sent:
                self._described.difference_update(self._unsent)
            self._unsent.clear()

    def exported(self, number):
        """The object that was handed out under this number."""
        if type(number) is not int or not 0 <= number < len(self._exported) or self._exported[number] is None:
            raise WireError("meant an object that it was never given")
        return self._exported[number]

    def recall(self, tag, body, depth):
        """The object that a node stands for."""
        if tag == "p":
            return self.exported(body)
        if tag != "h":
            return self._errors.recall(tag, body, depth)
        number = body[0]
        if len(body) == 1 or self.is_known(number):
            return self.known(number, proxies.Proxy)
        _, kind, name, shape = body
        if len(name) > _MAX_NAME or not set(shape) <= set(shapes.NAMES):
            raise ValueError("no such object")
        proxy = self._types.get(kind, name, shape)(self._connection, number)
        self.learn(number, proxy)
        return proxy

    def is_known(self, number):
        return number in self._imported

    def known(self, number, kind):
        """What an earlier message described; it must be of this kind."""
        value = self._imported[number]
        if not issubclass(type(value), kind):
            raise ValueError("an object of another kind")
        return value

    def learn(self, number, value):
        if type(number) is not int or number < 0:
            raise ValueError("not a number of an object")
        self._imported[number] = value


def _identity(value):
    """Equal for the same object; bound methods are made anew whenever they are looked up."""
    if type(value) is types.MethodType:
        return id(value.__self__), id(value.__func__)
    return id(value)
