"""Bytes that the host has given the agent to keep for later runs: compiled programs, shared inputs."""

import os


class Held:
    """Memory files by number, within a budget."""

    def __init__(self, budget):
        self._budget = budget
        self._files = {}
        self._growing = {}

    def start(self, number, size):
        """Whether there is room for so many bytes."""
        taken = sum(size for _, size in (*self._files.values(), *self._growing.values()))
        if size < 0 or taken + size > self._budget:
            return False
        self._growing[number] = (os.memfd_create("held", os.MFD_CLOEXEC), size)
        return True

    def grow(self, number, data):
        """False when there is more than was announced."""
        descriptor, size = self._growing[number]
        view = memoryview(data)
        if os.fstat(descriptor).st_size + len(view) > size:
            return False
        while view:
            view = view[os.write(descriptor, view) :]
        return True

    def complete(self, number):
        self._files[number] = self._growing.pop(number)

    def is_growing(self, number):
        return number in self._growing

    def descriptors(self, numbers):
        """KeyError when one is not held."""
        return [self._files[number][0] for number in numbers]

    def drop(self, number):
        for files in (self._files, self._growing):
            descriptor, _ = files.pop(number, (None, 0))
            if descriptor is not None:
                os.close(descriptor)
