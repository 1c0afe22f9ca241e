"""The demo: a model on real data, and stand-ins for what it talks to."""
