"""The flow from a question to an answer, and every way in which one is put together.

Comes in: a question, turns, a library and a chat model. Goes out: growing snapshots of an Answer. May be imported by
presentation and every later room.
"""
