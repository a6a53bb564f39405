"""What the tests use of the standard library, as it was before the program was loaded."""

import builtins
import importlib
import sys
import threading

_ALWAYS = ("builtins", "unittest", "unittest.case", "unittest.suite", "unittest.loader", "unittest.result", "unittest.mock")
_MISSING = object()


class Pristine:
    def __init__(self, names):
        """`names`: modules of the standard library; `sys` is the program's as much as the tests'."""
        names = {*_ALWAYS, *names} - {"sys"}
        for name in names:
            try:
                importlib.import_module(name)
            except ImportError:
                continue
        self._modules = {name: module for name, module in sys.modules.items() if name in names and module is not None}
        self._owners = {}
        for name, module in self._modules.items():
            self._keep(name, module)
            for key, value in list(vars(module).items()):
                if isinstance(value, type) and value.__module__ == name and value.__flags__ & 1 << 9:
                    self._keep("%s.%s" % (name, key), value)
        self._finders = list(sys.meta_path), list(sys.path_hooks)

    def _keep(self, name, owner):
        self._owners[name] = owner, dict(vars(owner))

    def restore(self):
        """Puts back what was replaced; says what."""
        sys.settrace(None)
        sys.setprofile(None)
        threading.settrace(None)
        threading.setprofile(None)
        found = []
        if sys.meta_path != self._finders[0] or sys.path_hooks != self._finders[1]:
            sys.meta_path[:], sys.path_hooks[:] = self._finders
            found.append("the finders of modules")
        for name, module in self._modules.items():
            if sys.modules.get(name) is not module:
                sys.modules[name] = module
                found.append(name)
        for name, (owner, attributes) in self._owners.items():
            found += ["%s.%s" % (name, key) for key in _restore(owner, attributes)]
        return found


def _restore(owner, attributes):
    now = vars(owner)
    changed = [key for key, value in attributes.items() if now.get(key, _MISSING) is not value and _matters(key)]
    for key in changed:
        setattr(owner, key, attributes[key])
    if owner is builtins:
        return changed
    # What was added to a class or a module could hide what it inherits, or be asked for by the tests' tools.
    added = [key for key in now if key not in attributes and _matters(key)] if isinstance(owner, type) else []
    for key in added:
        delattr(owner, key)
    return changed + added


def _matters(key):
    return key not in ("_", "__warningregistry__", "__dict__", "__weakref__", "__doc__", "__abstractmethods__", "_abc_impl")
