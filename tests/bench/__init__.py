"""Benchmarks: ours beside named peers and limits, side by side in one run. Ratios, never durations, are judged."""
