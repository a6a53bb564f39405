"""Makes the objects of this interpreter immortal (PEP 683), so that its forks do not write to the counters in them.

A fork shares its parent's pages until one of the two writes to them, and most of what a short program writes to of an
interpreter that it finds are counts of references. Immortal objects have none. Nor are they ever freed: this is for a process
that goes on by forks alone. CPython 3.12 and later; elsewhere nothing is done.
"""

import ctypes
import gc
import sys
import sysconfig
import types

_PARTS_OF_CODE = "co_consts", "co_names", "co_name", "co_qualname", "co_filename", "co_linetable", "co_exceptiontable"


def make_immortal():
    """Every object that the collector knows, and whatever these refer to: about five microseconds for each it knows."""
    if not _is_supported():
        return
    counter_at = ctypes.c_uint32.from_address
    immortal = counter_at(id(None)).value
    done = set()
    done.add(id(done))
    found = gc.get_objects()
    while found:
        fresh = []
        for thing in found:
            address = id(thing)
            if address not in done:
                done.add(address)
                counter_at(address).value = immortal
                fresh.append(thing)
        found = gc.get_referents(*fresh)
        for thing in fresh:
            if type(thing) is types.CodeType:
                found += [getattr(thing, name) for name in _PARTS_OF_CODE]


def _is_supported():
    """Whether objects begin with a counter of 32 bits that has a value for immortals."""
    is_known = sys.implementation.name == "cpython" and (3, 12) <= sys.version_info < (3, 15)
    return is_known and sys.byteorder == "little" and not sysconfig.get_config_var("Py_GIL_DISABLED")
