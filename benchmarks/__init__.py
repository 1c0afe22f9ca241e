"""What Watchkeeper costs, measured: one script a question, each run as `python -m benchmarks.NAME`."""
