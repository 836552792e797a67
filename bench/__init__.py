"""Benchmarks: synthetic episodes with exact truth, scores, and other aligners side by side."""
