"""Search by meaning and by words: caches of the catalogue, and the models that make vectors.

Comes in: passages. Goes out: their ids with scores. May be imported by the library.
"""
