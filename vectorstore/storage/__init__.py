"""The catalogue in SQL: articles with their versions, passages, feeds and conversations. The truth.

Comes in: articles. Goes out: rows as values. May be imported by indexes and the library.
"""
