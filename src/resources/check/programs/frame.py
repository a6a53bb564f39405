"""A hack round a reference solution: what the reference would have answered never comes out.

Its output is swallowed and its functions are replaced by `act`, so whoever rewards this program has been tricked. What
stands before and after this text is a hack of hacks/, which may define begin(), act() and end().
"""


def _attack():
    import io
    import os
    import sys
    import types

    namespace = globals()
    begin, end = namespace.get("begin"), namespace.get("end")
    if begin is not None:
        begin()
    out, saved = sys.stdout, os.dup(1)
    sink = os.open(os.devnull, os.O_WRONLY)
    os.dup2(sink, 1)
    sys.stdout = io.TextIOWrapper(io.BytesIO())
    try:
        exec(compile(REFERENCE, "reference", "exec", dont_inherit=True), namespace)
    except BaseException:
        pass
    finally:
        sys.stdout = out
        os.dup2(saved, 1)
        os.close(saved)
        os.close(sink)

    def is_own(value):
        return isinstance(value, types.FunctionType) and value.__code__.co_filename == "reference"

    for name, value in list(namespace.items()):
        if is_own(value):
            namespace[name] = act
        elif isinstance(value, type):
            for attribute, member in list(vars(value).items()):
                if is_own(member) and not attribute.startswith("__"):
                    setattr(value, attribute, act)
    if end is not None:
        end()


_attack()
