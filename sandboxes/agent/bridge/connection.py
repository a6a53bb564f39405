"""Requests and answers of one side. While one waits for an answer the other may ask back; so calls nest."""

import threading

from . import errors, proxies, shapes, wire
from .errors import BridgeBroken, CandidateError
from .handles import Handles
from .messages import Messages

# Nested calls to and fro, both counted. It leaves a program most of its own recursion limit.
MAX_NESTING = 100


class Connection:
    """`exports` decides what the other side may do; `is_guarded` tells the side that trusts nothing it receives."""

    is_guarded = False
    # Whether operators may hand the tests' own data over, and exits of context managers may suppress exceptions.
    lets_operators = lets_suppression = True
    # Representations are made without asking the other side.
    is_describing = False
    on_broken = None

    def __init__(self, descriptor, exports, module):
        self._stream = wire.Stream(descriptor)
        self._exports = exports
        self._messages = Messages(Handles(self, exports, module))
        self._lock = threading.RLock()
        self._sent = self._received = self._nesting = 0
        self.calls = 0
        self.broken = None
        self.evidence = []
        # An assertion of the tests failed inside a call of the candidate, which may have caught it.
        self.assertion_failed = False

    def note(self, code):
        if code not in self.evidence:
            self.evidence.append(code)

    def is_of_peer(self, value):
        return issubclass(type(value), proxies.Proxy) and value.bridge_connection_ is self

    def get(self, number, name):
        return self._request("get", number, name)

    def set(self, number, name, value):
        self._request("set", number, name, (value,))

    def delete(self, number, name):
        self._request("del", number, name)

    def do(self, number, name, args):
        return self._request("do", number, name, args)

    def call(self, number, args, kwargs):
        self.calls += 1
        return self._request("call", number, "", args, kwargs)

    def ask(self, proxy, name, value):
        """A yes or no about an object of the other side; no for any other."""
        kind = value if isinstance(value, type) else type(value)
        if not self.is_of_peer(value) and not isinstance(kind, errors.RemoteType):
            return False
        return self.do(proxy.bridge_number_, name, (value,)) is True

    def leave(self, number, args):
        """Leaves a context manager. A candidate's must not make a failure of a test disappear."""
        suppresses = self.do(number, "__exit__", (*args[:2], None))
        if suppresses and args[0] is not None and not self.lets_suppression:
            self.note("suppression_refused")
            return False
        return suppresses

    def _request(self, operation, number, name, args=(), kwargs=None):
        kwargs = kwargs or {}
        with self._lock:
            if self.broken:
                raise BridgeBroken(self.broken)
            if self._nesting >= MAX_NESTING:
                raise RecursionError("calls between solution and tests nest too deep")
            own = self._sent + 1
            frame = self._messages.request(["?", own, operation, number, name], list(args), kwargs)
            self._sent = own
            self._nesting += 1
            try:
                self._stream.send(frame)
                answer = self._await(own)
                is_error, value, has_changed = self._messages.read_answer(answer, [*args, *kwargs.values()])
                if has_changed:
                    self.note("arguments_changed")
            except BaseException as error:
                raise self._give_up(error) from None
            finally:
                self._nesting -= 1
        if not is_error:
            return value
        if isinstance(value, StopIteration) and self.is_guarded and name not in shapes.ENDING:
            # It would end a loop of the tests early.
            raise CandidateError("StopIteration: %s" % errors.text_of(value))
        raise value

    def _give_up(self, error):
        """The other side's place in the conversation is unknown from here on: nothing more is said or heard."""
        if self.broken is None:
            is_violation = isinstance(error, wire.WireError)
            self.broken = str(error) if is_violation else "was interrupted by %s" % type(error).__name__
            self.note("candidate_gone" if isinstance(error, wire.WireClosed) else "protocol_broken")
            self._stream.close()
        if self.on_broken:
            self.on_broken()
        return BridgeBroken(self.broken) if isinstance(error, wire.WireError) else error

    def _await(self, number):
        while True:
            message = self._stream.receive()
            if type(message) is not list or len(message) < 3:
                raise wire.WireError("not a message")
            if message[0] == "?":
                self._serve(message)
            elif type(message[1]) is int and message[1] == number:
                return message
            else:
                raise wire.WireError("answered what was not asked")

    def expect_first(self):
        """(whether it is an exception, the value) of the one message that comes without being asked for."""
        try:
            return self._messages.read_answer(self._await(0), [])[:2]
        except wire.WireError as error:
            raise self._give_up(error) from None

    def serve(self):
        """Answers requests for as long as the other side asks; raises WireClosed at the end."""
        while True:
            self._serve(self._stream.receive())

    def answer(self, number, is_error, value, passed=(), before=()):
        self._stream.send(self._messages.answer(number, is_error, value, passed, before))

    def _serve(self, message):
        own = self._received + 1
        target, operation, name, args, kwargs = self._messages.read_request(message, own)
        self._received = own
        passed, before = [], []
        self._nesting += 1
        try:
            if self._nesting > MAX_NESTING:
                raise RecursionError("calls between solution and tests nest too deep")
            if operation == "call":
                passed = [*args, *kwargs.values()]
                before = self._messages.snapshots(passed)
            is_error, value = False, self._exports.perform(target, operation, name, args, kwargs)
        except BaseException as error:
            if self.broken or (self.is_guarded and not isinstance(error, Exception)):
                raise
            self.assertion_failed = self.assertion_failed or isinstance(error, AssertionError)
            is_error, value = True, error
        finally:
            self._nesting -= 1
        self.answer(own, is_error, value, passed, before)
