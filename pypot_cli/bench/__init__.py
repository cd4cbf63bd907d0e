"""Benchmarks: what is measured, on which load, and how to repeat it."""
