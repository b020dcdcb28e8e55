"""Formats of files and pages: told apart, decoded, and read into fields, in bounded time and memory.

Comes in: bytes. Goes out: text or records of fields. May be imported by web, pages, feeds and the pipeline.
"""
