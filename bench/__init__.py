"""Benchmarks: ratios measured side by side in one run, on a stack of their own."""
