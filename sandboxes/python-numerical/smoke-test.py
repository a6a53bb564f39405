# Run in a sandbox of this image by `sandlot image check`.
import os

import numpy
import pandas
import scipy.optimize
import scipy.stats
import sympy

assert os.getcwd() == "/workspace" and os.getuid() != 0
matrix = numpy.array([[2.0, 1.0], [1.0, 3.0]])
assert numpy.allclose(numpy.linalg.solve(matrix, [3, 5]), [0.8, 1.4])
assert abs(scipy.optimize.brentq(lambda x: x * x - 2, 0, 2) - 2**0.5) < 1e-9
assert abs(scipy.stats.norm.cdf(0) - 0.5) < 1e-12
x = sympy.Symbol("x")
assert sympy.integrate(sympy.cos(x), x) == sympy.sin(x)
assert pandas.DataFrame({"a": [1, 2]}).a.sum() == 3
print("ok")
