"""What is asked: intent, form, time, outlets, follow-ups, spelling, and the parts of a question.

Comes in: what was typed, with the turns before. Goes out: a Request (what for) and a Reading (what to search for). May
be imported by retrieval and every later room.
"""
