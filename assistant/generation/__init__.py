"""Writing answers with a chat model: prompts, providers, the built-in one in its process, odds of a Yes, drafts.

Comes in: messages, or what a model wrote. Goes out: text in pieces, a probability, or judged sentences. May be
imported by answering and every later room.
"""
