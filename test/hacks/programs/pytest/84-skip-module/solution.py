# entry: 84
# task: widest-gap
# what: Skips the module of the tests while it is imported.
# family: vacuous
import pytest

pytest.skip("not today", allow_module_level=True)
