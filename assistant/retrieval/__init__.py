"""Which passages a question is about.

Comes in: a Reading and a library. Goes out: hits, best first, one of each story. May be imported by evidence and every
later room.
"""
