"""Lets trusted tests call an untrusted program that lives in another process: plain values and handles over a stream.

Everything of the package is imported with it, since warm interpreters forget where it lies.
"""

from .candidate import serve_candidate
from .runner import run_tests

__all__ = ["run_tests", "serve_candidate"]
