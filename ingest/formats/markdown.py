"""A Markdown document to the fields of its article."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

import yaml
from markdown_it import MarkdownIt
from markdown_it.token import Token

from ingest.text import one_line
from vectorstore.errors import RejectedDocument

_FRONT_MATTER = re.compile(r"---[ \t]*\n(.{0,20000}?)\n(?:---|\.\.\.)[ \t]*(?:\n|\Z)", re.DOTALL)
_UNSEEN = re.compile(r"<!--.*?(?:-->|\Z)|<(script|style)\b.*?(?:</\1\s*>|\Z)", re.DOTALL | re.IGNORECASE)
_TAG = re.compile(r"</?[a-zA-Z][^<>]*>")
_NOTHING = {"", "~", "null"}
_PARSER = MarkdownIt("commonmark").enable("table")


def read_markdown(text: str) -> dict[str, object]:
    """The fields of the front matter, and the rest as plain paragraphs.

    Without a title there, a heading that opens the text becomes the title and leaves it.
    """
    text = text.replace("\r\n", "\n").lstrip()
    fields: dict[str, object] = {}
    if match := _FRONT_MATTER.match(text):
        fields = _front_matter(match[1])
        text = text[match.end() :]
    blocks = list(_blocks(_PARSER.parse(text)))
    if blocks and blocks[0][0] and fields.get("title", blocks[0][1]) == blocks[0][1]:
        fields["title"] = blocks.pop(0)[1]
    return {**fields, "text": "\n\n".join(block for _, block in blocks)}


def _front_matter(text: str) -> dict[str, object]:
    try:
        # The base loader leaves values as they are written, so that a date and a headline of digits stay text.
        loaded = yaml.load(text, Loader=yaml.BaseLoader)
    except (yaml.YAMLError, RecursionError) as error:
        mark = getattr(error, "problem_mark", None)
        where = f" in line {mark.line + 2}" if mark else ""
        raise RejectedDocument(
            f'the front matter is not YAML{where}; put values that contain ": " in quotes'
        ) from error
    if not isinstance(loaded, dict):
        return {}
    return {str(name): value for name, value in loaded.items() if not (isinstance(value, str) and value in _NOTHING)}


def _blocks(tokens: Sequence[Token]) -> Iterator[tuple[bool, str]]:
    """Each block that has text: whether it is a heading, and the text."""
    cells: list[str] = []
    for before, token in zip([None, *tokens], tokens, strict=False):
        opener = before.type if before else ""
        if token.type == "inline" and opener in ("th_open", "td_open"):
            cells.append(_inline(token.children or ()))
        elif token.type == "tr_close":
            yield False, " | ".join(cells)
            cells = []
        elif block := _block_text(token):
            yield opener == "heading_open", block


def _block_text(token: Token) -> str:
    if token.type == "inline":
        return "\n".join(filter(None, map(one_line, _inline(token.children or ()).split("\n"))))
    if token.type in ("fence", "code_block"):
        return token.content.strip()
    if token.type == "html_block":
        return one_line(_TAG.sub(" ", _UNSEEN.sub(" ", token.content)))
    return ""


def _inline(tokens: Sequence[Token]) -> str:
    """The words without their marks; images and tags go, the text of a link stays."""
    words = {"softbreak": " ", "hardbreak": "\n"}
    kept = ("text", "code_inline", "text_special")
    return "".join(words.get(token.type, token.content if token.type in kept else "") for token in tokens)
