"""Nouns and decisions: frozen values and pure functions, on the standard library alone."""
