"""`<kind>_<port>.py`: one embedded default for each port, and the real ones."""
