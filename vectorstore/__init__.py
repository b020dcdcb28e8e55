"""Where articles live: the catalogue (the truth), the vectors (a cache of it), and the Library over both.

Knows nothing of the web or of questions, and of screens only what every command has in common.
"""
