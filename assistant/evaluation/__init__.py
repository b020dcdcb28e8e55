"""How good retrieval, answers and refusals are: `dateline evaluate`.

Comes in: a file of questions. Goes out: figures with their uncertainty, as tables. May be imported by commands.
"""
