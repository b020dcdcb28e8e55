"""A PDF to the fields of its article."""

from __future__ import annotations

import io
import re
import time
from functools import partial

from ingest.formats.pdf_layout import Fragment, flowing, in_reading_order, without_running_heads
from ingest.text import one_line, word_count
from vectorstore.errors import RejectedDocument

_MOST_PAGES = 200
_MOST_CHARACTERS = 2_000_000
_SECONDS = 6.0
_FEWEST_WORDS = 25
# What word processors write where nobody gave a title.
_NO_TITLE = re.compile(r"^(untitled|microsoft word\b.*|document\d*|.*\.(docx?|pdf|indd|qxd|tex))$", re.IGNORECASE)


def read_pdf(content: bytes) -> dict[str, object]:
    """The title and the text of at most 200 pages. Its dates stay unknown: those of a PDF are those of the file.

    Raises RejectedDocument, also when its pages take more than 6 seconds of the processor. A single page can take for
    ever: callers read what strangers wrote through ingest.formats.sandbox.
    """
    import logging

    from pypdf import PdfReader

    logging.getLogger("pypdf").setLevel(logging.CRITICAL)
    reader = PdfReader(io.BytesIO(content))
    if reader.is_encrypted and not reader.decrypt(""):
        raise RejectedDocument("is locked with a password; save it without")
    if len(reader.pages) > _MOST_PAGES:
        raise RejectedDocument(f"has {len(reader.pages)} pages, and {_MOST_PAGES} is the most that is read")
    text = _text(reader.pages)
    if word_count(text) < _FEWEST_WORDS:
        raise RejectedDocument("holds no text to speak of; a scan must be put through text recognition first")
    title = one_line(str((reader.metadata and reader.metadata.title) or ""))
    return {"title": "" if _NO_TITLE.match(title) else title, "text": text}


def _text(pages: object) -> str:
    deadline = time.process_time() + _SECONDS
    held: list[str] = []
    for page in pages:  # type: ignore[attr-defined]
        fragments: list[Fragment] = []
        text = page.extract_text(visitor_text=partial(_note, fragments))
        held.append(in_reading_order(text, fragments))
        if time.process_time() > deadline or sum(map(len, held)) > _MOST_CHARACTERS:
            raise RejectedDocument(f"was given up after {len(held)} pages: reading it takes too long")
    return flowing("\n".join(without_running_heads(held)))


def _note(
    fragments: list[Fragment], text: str, page: list[float], line: list[float], font: object, size: float
) -> None:
    """Where a piece of text stands: its place in the line's own measure, moved and scaled as the page is."""
    if text.strip():
        x = line[4] * page[0] + line[5] * page[2] + page[4]
        y = line[4] * page[1] + line[5] * page[3] + page[5]
        fragments.append(Fragment(text, x, y, abs(size * line[3] * page[3]) or size))
