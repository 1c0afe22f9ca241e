"""Laws are held against the same examples at every run, however slow the machine."""

from hypothesis import settings

settings.register_profile("same", derandomize=True, deadline=None, max_examples=40)
settings.load_profile("same")
