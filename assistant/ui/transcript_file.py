"""A conversation, or one answer of it, as a file that a reader keeps: Markdown, Word or PDF, named by its title."""

from __future__ import annotations

from enum import StrEnum
from typing import NamedTuple

from pathvalidate import sanitize_filename

from assistant.text.texts import tr
from assistant.types import Conversation
from assistant.ui.conversation_markdown import markdown
from assistant.ui.render import legible
from assistant.ui.transcript import transcript
from assistant.ui.transcript_docx import docx
from assistant.ui.transcript_pdf import pdf

_MOST_BYTES = 120
"""Of a name without its ending: most file systems take 255 bytes, and one Chinese character has three."""


class Format(StrEnum):
    MARKDOWN = "md"
    WORD = "docx"
    PDF = "pdf"


_KINDS = {
    Format.MARKDOWN: "text/markdown;charset=utf-8",
    Format.WORD: "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    Format.PDF: "application/pdf",
}


class ExportedFile(NamedTuple):
    name: str
    kind: str
    content: bytes


def exported(form: Format, title: str, conversation: Conversation) -> ExportedFile:
    """Raises FontMissing, for a PDF only."""
    writers = {Format.WORD: docx, Format.PDF: pdf}
    if form is Format.MARKDOWN:
        content = markdown(title, conversation).encode("utf-8", "replace")
    else:
        content = writers[form](transcript(title, conversation))
    return ExportedFile(file_name(title, form), _KINDS[form], content)


def file_name(title: str, form: Format) -> str:
    """The title as every system takes it for a name, in whatever letters it is written."""
    plain = " ".join(
        sanitize_filename(legible(title).replace("\ufffd", " "), replacement_text=" ", platform="universal").split()
    )
    cut = plain.encode("utf-8", "ignore")[:_MOST_BYTES].decode("utf-8", "ignore").strip(" .")
    return f"{cut or tr('Conversation')}.{form}"
