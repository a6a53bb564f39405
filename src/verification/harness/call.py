"""Calls one function of solution.py with the arguments of call.json and writes what it returns to result.json.

Runs in the candidate's process, so nothing it writes is trusted: the value is compared outside, where the expected
one is. A candidate that writes result.json itself has given an answer, no more.
"""

import json
import sys
import types


def main():
    with open("call.json", encoding="utf-8") as file:
        call = json.load(file)
    with open("solution.py", encoding="utf-8", errors="surrogateescape") as file:
        source = file.read()
    module = types.ModuleType("solution")
    sys.modules["solution"] = module
    namespace = module.__dict__
    exec(call["prelude"], namespace)
    exec(compile(source, "solution.py", "exec", dont_inherit=True), namespace)
    owner = namespace["Solution"]() if "class Solution" in source else module
    exact = call["values"] == "exact"
    if exact:
        import tagged
    arguments = [json.loads(text) for text in call["arguments"]]
    if exact:
        arguments = [tagged.decoded(argument) for argument in arguments]
    value = getattr(owner, call["function"])(*arguments)
    if type(value).__module__ == "numpy":
        value = value.tolist()
    try:
        result = {"value": json.dumps(tagged.encoded(value) if exact else value)}
    except (TypeError, ValueError, RecursionError) as error:
        result = {"unserialisable": "%s: %s" % (type(value).__name__, error)}
    with open("result.json", "w", encoding="utf-8") as file:
        json.dump(result, file)


main()
