"""Runs: asking, scoring, averaging, comparing, and the folder that keeps all of it."""
