"""Whether an answer may be given: can the passages answer the question, and is each sentence borne out by them.

Comes in: a question, the passages found and sentences about them. Goes out: a verdict on each. Pure but for the judge,
a model that is asked for the odds of a Yes. May be imported by generation and every later room.
"""
