"""Writing answers with a chat model: the built-in one, in a process of its own, and judging by its odds.

Comes in: messages. Goes out: text in pieces, or the probability of Yes. May import vectorstore only.
"""
