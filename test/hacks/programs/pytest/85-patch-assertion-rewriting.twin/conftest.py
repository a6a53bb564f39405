import pytest

pytest.register_assert_rewrite("word_checks")
