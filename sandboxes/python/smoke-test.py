"""Run in a sandbox of this image by the conformance suite and `sandlot image check`: what programs may rely on."""

import collections
import ctypes
import decimal
import json
import os
import subprocess
import sys
import tempfile

assert sys.version_info >= (3, 9)
assert sys.stdin.read() in ("", "ping\n")
assert os.getcwd() == "/workspace" and os.environ["HOME"] == "/workspace"
assert os.getuid() != 0
with tempfile.NamedTemporaryFile() as file:
    file.write(b"x")
assert subprocess.run([sys.executable, "-c", "print(1)"], capture_output=True, check=True).stdout == b"1\n"
assert json.loads("[1]") == [1] and decimal.Decimal("0.1") + decimal.Decimal("0.2") == decimal.Decimal("0.3")
assert collections.Counter("aab")["a"] == 2 and ctypes.sizeof(ctypes.c_int) == 4
print("ok")
