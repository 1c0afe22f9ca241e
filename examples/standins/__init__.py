"""Loopback stand-ins of PagerDuty and GitHub, for the demo and the tests.

Each keeps state the way the real one does, checks every call against what the real one documents, and can be told
to fail: see `Fault`. They bind to the loopback interface only.
"""
