"""The commands that put articles in, built over what app.py opens for them.

Comes in: a command line. Goes out: a report. May be imported by app.py alone.
"""
