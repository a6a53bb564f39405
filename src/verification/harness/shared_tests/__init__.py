"""Runs tests in the process of the program that they judge. Nothing that it reports is believed by itself."""
