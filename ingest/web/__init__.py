"""Pages from the web: fetched safely, politely, and at several hosts side by side.

Comes in: addresses. Goes out: bytes with what their headers say. May be imported by pages, feeds and the pipeline.
"""
