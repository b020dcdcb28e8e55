"""Language as such: words, names, amounts, times and what a text states. Pure; no model, no library.

Comes in: text. Goes out: what stands in it, with its offsets. May be imported by every later room.
"""
