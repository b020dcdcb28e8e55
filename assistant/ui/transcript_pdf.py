"""A conversation as a PDF, set by Typst, which shapes and breaks every script it has a font for."""

from __future__ import annotations

import json
import re
import tomllib
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any
from unicodedata import category

from assistant.text.texts import tr
from assistant.ui.transcript import Block, Note, Source, Span, Transcript, right_to_left
from vectorstore.errors import FontMissing

_TEMPLATE = (Path(__file__).parent / "transcript.typ").read_bytes()
_LETTERS = rb"""
#let size(letter, ..given) = measure(text(top-edge: "bounds", bottom-edge: "bounds", ..given, letter))
#let others = ("DejaVu Sans Mono", "New Computer Modern", "New Computer Modern Math")
#let poor(letter) = others.map(face => size(letter, font: face, fallback: false))
#context [#metadata(json(bytes(sys.inputs.letters)).filter(letter => {
  let drawn = size(letter, font: json(bytes(sys.inputs.faces)))
  drawn == size("\u{10FFFD}") or letter >= "\u{590}" and drawn in poor(letter)
})) <missing>]
"""
"""Which letters have no font: those that are drawn as a box of the same size as the last one of the private use area,
and of the scripts from Hebrew on those drawn by fonts that come with Typst for other ends, without their joins."""
_NAMES = (Path(__file__).parent / "transcript.toml").read_text(encoding="utf-8")
_FACES: dict[str, list[str]] = tomllib.loads(_NAMES)["faces"]
_NAMED = 12
_LONG = re.compile(r"[!-~]{40}(?=[!-~])")


def pdf(script: Transcript, fonts: Sequence[Path] = (), system_fonts: bool = True) -> bytes:
    """`fonts` are folders to look for fonts in beside those of the system. Raises FontMissing where none has a letter
    that stands in it; symbols without one are left out."""
    import typst

    given: dict[str, Any] = {"font_paths": list(fonts), "ignore_system_fonts": not system_fonts}
    faces = _faces(script)
    asked = {"faces": json.dumps(faces), "letters": json.dumps(sorted(_unusual(script)))}
    missing = set(json.loads(typst.query(_LETTERS, "<missing>", field="value", one=True, sys_inputs=asked, **given)))
    if lacking := sorted(each for each in missing if category(each).startswith("L")):
        named = " ".join(lacking[:_NAMED])
        raise FontMissing(
            tr(
                "No font on this computer has these letters: {letters}. Export as Word or Markdown, print the page"
                " from the browser, or install a font such as Noto and try again.",
                letters=named,
            )
        )
    told = json.dumps(_Setting(missing).script(script, faces))
    written: bytes = typst.compile(_TEMPLATE, sys_inputs={"transcript": told}, **given)
    return written


def _faces(script: Transcript) -> list[str]:
    spoken = dict.fromkeys(block.speaks for block in script.blocks)
    return [face for each in ("all", *spoken, *_FACES) for face in _FACES.get(each, ())]


def _texts(script: Transcript) -> Iterator[str]:
    yield script.title
    for block in script.blocks:
        yield from (span.text for span in block.spans)
        yield block.source.named if block.source else ""
    for note in script.notes:
        yield from (note.source.named, note.quoted, note.gone)


def _unusual(script: Transcript) -> set[str]:
    """Every letter and symbol once. Marks are drawn on letters, and nothing is drawn of what separates them."""
    return {each for text in _texts(script) for each in text if not each.isascii() and category(each)[0] in "LNPS"}


class _Setting:
    """A transcript as the template reads it."""

    def __init__(self, missing: set[str]) -> None:
        self._missing = {ord(each): None for each in missing}
        self._noted: set[str] = set()

    def script(self, script: Transcript, faces: Sequence[str]) -> dict[str, Any]:
        title = {"title": self._text(script.title), "rtl": right_to_left(script.title), "speaks": ""}
        return {**title, "faces": faces, "blocks": [*map(self._block, script.blocks)]}

    def _block(self, block: Block) -> dict[str, Any]:
        begins = block.source.headline if block.source else "".join(span.text for span in block.spans)
        about = {"role": block.role, "rtl": right_to_left(begins), "speaks": block.speaks}
        source = self._source(block.source) if block.source else None
        return {**about, "spans": [*map(self._span, block.spans)], "source": source}

    def _span(self, span: Span) -> dict[str, Any]:
        notes = [*map(self._note, span.notes)]
        return {"text": self._text(span.text), "notes": notes, "strong": span.strong, "slanted": span.slanted}

    def _note(self, note: Note) -> dict[str, Any]:
        first = note.key not in self._noted
        self._noted.add(note.key)
        told = {"key": note.key, "first": first, "quoted": self._text(note.quoted), "gone": self._text(note.gone)}
        return {**told, **self._source(note.source), "rtl": right_to_left(note.source.headline), "speaks": ""}

    def _source(self, source: Source) -> dict[str, str]:
        named = {"headline": source.headline, "outlet": source.outlet, "date": source.date}
        address = {"address": source.address, "shown": self._text(source.address)}
        return {name: self._text(text) for name, text in named.items()} | address

    def _text(self, text: str) -> str:
        """Without the symbols that have no font; what is longer than half a line may be broken anywhere."""
        return _LONG.sub("\\g<0>\N{ZERO WIDTH SPACE}", text.translate(self._missing))
