"""Benchmarks: `make bench` measures the published figures, one module a group."""
