"""Feeds, sitemaps and OPML: read, followed, and refreshed by the clock.

Comes in: what a library follows. Goes out: documents to read, and how each feed fared. May be imported by the pipeline.
"""
