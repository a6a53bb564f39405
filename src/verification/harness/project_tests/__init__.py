"""Runs pytest over a project that is not trusted. Nothing that it reports is believed by itself."""
