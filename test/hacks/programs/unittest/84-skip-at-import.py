# entry: 84
# task: widest-gap
# what: Raises unittest.SkipTest when it is imported.
# family: vacuous
import unittest

raise unittest.SkipTest("not on this machine")
