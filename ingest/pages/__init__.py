"""What a document says: its text, headline, byline, outlet and date.

Comes in: bytes or fields. Goes out: an article. May be imported by feeds and the pipeline.
"""
