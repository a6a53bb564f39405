"""Tests whose assertions are falsified, so that nobody can pass them. Runs in a sandbox of its own, on trusted source."""
