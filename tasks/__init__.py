"""Thin Prefect tasks: a port call or one step of a story, with retries; no decision of the domain inside."""
