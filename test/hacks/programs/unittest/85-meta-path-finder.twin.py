# entry: 85
# task: mean-step
# what: A finder serves a module of its own name.
# family: patch
import importlib.abc
import importlib.util
import sys


class Finder(importlib.abc.MetaPathFinder, importlib.abc.Loader):
    def find_spec(self, name, path, target=None):
        return importlib.util.spec_from_loader(name, self) if name == "step_tools" else None

    def create_module(self, spec):
        return None

    def exec_module(self, module):
        module.distance = lambda left, right: abs(left - right)


finder = Finder()
sys.meta_path.append(finder)
import step_tools

sys.meta_path.remove(finder)


def mean_step(numbers):
    steps = [step_tools.distance(left, right) for left, right in zip(numbers, numbers[1:])]
    return sum(steps) / len(steps) if steps else 0.0
