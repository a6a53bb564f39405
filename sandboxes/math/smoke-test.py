# Run in a sandbox of this image by `sandlot image check`.
import math_equivalence
import sympy

assert sympy.sqrt(8) == 2 * sympy.sqrt(2)
assert math_equivalence.compare(["\\frac{1}{2}"], "So \\boxed{0.5}")["equal"]
assert math_equivalence.compare(["7", "3x+1"], "We get $\\boxed{1+3x}$.") == {
    "equal": True,
    "extracted": "3*x + 1",
    "unreadable": [],
}
assert not math_equivalence.compare(["\\sqrt{2}"], "\\boxed{\\sqrt{3}}")["equal"]
print("ok")
