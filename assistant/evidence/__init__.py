"""Which sentences of the passages found are evidence, what they are worth, and what a model reads of them.

Comes in: hits and a question. Goes out: spans of articles with their worth. May be imported by verification and every
later room.
"""

from assistant.evidence.selection import Evidence, Quoted, answered, led_by, promise, quote, weigh
from assistant.evidence.spans import Span, bearing, cite, quotation, reported, spans_of

__all__ = [
    "Evidence",
    "Quoted",
    "Span",
    "answered",
    "bearing",
    "cite",
    "led_by",
    "promise",
    "quotation",
    "quote",
    "reported",
    "spans_of",
    "weigh",
]
