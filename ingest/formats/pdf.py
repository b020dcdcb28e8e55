"""A PDF to the fields of its article."""

from __future__ import annotations

import io
import re
import time

from ingest.text import one_line, word_count
from vectorstore.errors import RejectedDocument

_MOST_PAGES = 200
_MOST_CHARACTERS = 2_000_000
_SECONDS = 6.0
_FEWEST_WORDS = 25
_HYPHEN = re.compile(r"(?<=[^\W\d_])[-\u00ad]\n(?=[^\W\d_])")
_PARAGRAPH = re.compile(r"\n\s*\n|(?<=[.!?:\"”])[ \t]*\n(?=\s*[A-Z\"“])")
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
        held.append(page.extract_text())
        if time.process_time() > deadline or sum(map(len, held)) > _MOST_CHARACTERS:
            raise RejectedDocument(f"was given up after {len(held)} pages: reading it takes too long")
    return flowing("\n".join(held))


def flowing(lines: str) -> str:
    """Printed lines as paragraphs: words cut at a line's end are joined, lines of one paragraph become one."""
    paragraphs = _PARAGRAPH.split(_HYPHEN.sub("", lines.replace("\r\n", "\n")))
    return "\n".join(filter(None, map(one_line, paragraphs)))
