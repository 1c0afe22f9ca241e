"""Those who score a window against a reference, one file each: `prepare` outside the clock, `fit` and `score` on it."""
