"""Benchmarks: Konektor beside its rivals, measured in one run on one machine; `python -m benchmarks`."""
