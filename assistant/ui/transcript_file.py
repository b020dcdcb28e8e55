"""A conversation, or one answer of it, as a file that a reader keeps: Markdown, Word or PDF, named by its title."""

from __future__ import annotations

import json
import re
import tomllib
from collections.abc import Iterator, Sequence
from enum import StrEnum
from io import BytesIO
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple
from unicodedata import category

from pathvalidate import sanitize_filename

from assistant.text.texts import LANGUAGES, tr
from assistant.types import Conversation
from assistant.ui.conversation_markdown import markdown
from assistant.ui.render import legible
from assistant.ui.transcript import Block, Note, Role, Source, Span, Transcript, right_to_left, transcript
from vectorstore.errors import FontMissing

if TYPE_CHECKING:
    from docx.text.paragraph import Paragraph
    from docx.text.run import Run

_NAMES = tomllib.loads((Path(__file__).parent / "transcript.toml").read_text(encoding="utf-8"))
_STYLES: dict[str, str] = _NAMES["styles"]
_NAMESPACE = 'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"'
_FOOTNOTES = "application/vnd.openxmlformats-officedocument.wordprocessingml.footnotes+xml"
# Word asks for the two lines above the footnotes before any footnote.
_RULES = (
    f"<w:footnotes {_NAMESPACE}>"
    '<w:footnote w:type="separator" w:id="-1"><w:p><w:r><w:separator/></w:r></w:p></w:footnote>'
    '<w:footnote w:type="continuationSeparator" w:id="0"><w:p><w:r><w:continuationSeparator/></w:r></w:p></w:footnote>'
    "</w:footnotes>"
)
_NOT_XML = {0xFFFE: None, 0xFFFF: None}
_AFTER_BIDI = ("w:adjustRightInd", "w:snapToGrid", "w:spacing", "w:ind", "w:contextualSpacing", "w:jc", "w:rPr")


def docx(script: Transcript) -> bytes:
    """The file's bytes."""
    from docx import Document

    document = Document()
    document.core_properties.title, document.core_properties.author = script.title.translate(_NOT_XML)[:255], "Dateline"
    notes = _Footnotes(document.part)
    _write(document.add_paragraph(style=_STYLES["title"]), Block(Role.TEXT, (Span(script.title),)), notes)
    for block in script.blocks:
        _write(document.add_paragraph(style=_STYLES.get(block.role)), block, notes)
    file = BytesIO()
    document.save(file)
    return file.getvalue()


class _Footnotes:
    """Those of one document, numbered as they are cited first."""

    def __init__(self, document: Any) -> None:
        from docx.opc.constants import RELATIONSHIP_TYPE
        from docx.opc.packuri import PackURI
        from docx.opc.part import XmlPart
        from docx.oxml.parser import parse_xml

        self._numbers: dict[str, int] = {}
        self.part = XmlPart(PackURI("/word/footnotes.xml"), _FOOTNOTES, parse_xml(_RULES), document.package)
        document.relate_to(self.part, RELATIONSHIP_TYPE.FOOTNOTES)

    def cite(self, paragraph: Paragraph, note: Note) -> None:
        """The number behind the words; where it was cited before, a reference to that number."""
        number = self._numbers.get(note.key)
        if number is None:
            number = self._numbers[note.key] = len(self._numbers) + 1
            self._add(note, number)
            mark = _raised(paragraph)
            mark.append(_element("w:footnoteReference", id=number))
            begin, end = (_element(name, id=number) for name in ("w:bookmarkStart", "w:bookmarkEnd"))
            begin.set(_name("w:name"), f"note_{number}")
            mark.addprevious(begin)
            mark.addnext(end)
            return
        asks = _element("w:instrText")
        asks.text = _NAMES["fields"]["again"].format(bookmark=f"note_{number}")
        for part in (_edge("begin"), asks, _edge("separate")):
            _raised(paragraph).append(part)
        _raised(paragraph).text = str(number)
        _raised(paragraph).append(_edge("end"))

    def _add(self, note: Note, number: int) -> None:
        from docx.text.paragraph import Paragraph

        footnote = _element("w:footnote", id=number)
        self.part.element.append(footnote)
        footnote.append(_element("w:p"))
        paragraph = Paragraph(footnote[0], self)  # type: ignore[arg-type]
        rtl = _directed(paragraph, note.source.headline)
        _raised(paragraph).append(_element("w:footnoteRef"))
        _run(paragraph, Span(" "), rtl)
        _source(paragraph, note.source, rtl)
        _run(paragraph, Span(f" {note.gone}" if note.gone else ""), rtl)
        _run(paragraph, Span(f": {note.quoted}" if note.quoted else ""), rtl)
        for run in paragraph.runs:
            run.font.size = _points(9)


def _write(paragraph: Paragraph, block: Block, notes: _Footnotes) -> None:
    if block.source:
        _source(paragraph, block.source, _directed(paragraph, block.source.headline))
        return
    rtl = _directed(paragraph, "".join(span.text for span in block.spans))
    for span in block.spans:
        run = _run(paragraph, span, rtl, block.speaks)
        if block.role is Role.PROBLEM:
            run.font.bold = run.font.cs_bold = True
        for note in span.notes:
            notes.cite(paragraph, note)


def _source(paragraph: Paragraph, source: Source, rtl: bool) -> None:
    """The headline, the outlet and the date, and the address as a link."""
    from docx.opc.constants import RELATIONSHIP_TYPE

    _run(paragraph, Span(source.headline, strong=True), rtl)
    _run(paragraph, Span("".join(f", {part}" for part in (source.outlet, source.date) if part)), rtl)
    if not source.address:
        return
    _run(paragraph, Span(", "), rtl)
    link = _element("w:hyperlink")
    link.set(_name("r:id"), paragraph.part.relate_to(source.address, RELATIONSHIP_TYPE.HYPERLINK, is_external=True))
    address = _run(paragraph, Span(source.address), rtl=False)
    address.font.underline = True
    paragraph._p.append(link)
    link.append(address._r)


def _run(paragraph: Paragraph, span: Span, rtl: bool, speaks: str = "") -> Run:
    run = paragraph.add_run(span.text.translate(_NOT_XML))
    if span.strong:
        run.font.bold = run.font.cs_bold = True
    if span.slanted:
        run.font.italic = run.font.cs_italic = True
    if rtl:
        run.font.rtl = True
    if speaks in LANGUAGES:
        tag = LANGUAGES[speaks].tag
        spoken = _element("w:lang")
        for kind in ("val", "eastAsia", "bidi"):  # by which Word finds a face for the letters
            spoken.set(_name(f"w:{kind}"), tag)
        run._r.get_or_add_rPr().append(spoken)
    return run


def _raised(paragraph: Paragraph) -> Any:
    run = paragraph.add_run()
    run.font.superscript = True
    return run._r


def _edge(kind: str) -> Any:
    return _element("w:fldChar", fldCharType=kind)


def _directed(paragraph: Paragraph, text: str) -> bool:
    """Whether it is read from the right, which is put down."""
    rtl = right_to_left(text)
    if rtl:
        properties = paragraph._p.get_or_add_pPr()
        properties.insert_element_before(_element("w:bidi"), *_AFTER_BIDI)
    return rtl


def _points(size: int) -> Any:
    from docx.shared import Pt

    return Pt(size)


def _element(name: str, **values: object) -> Any:
    from docx.oxml import OxmlElement

    element = OxmlElement(name)
    for key, value in values.items():
        element.set(_name(f"w:{key}"), str(value))
    return element


def _name(prefixed: str) -> str:
    from docx.oxml.ns import qn

    return qn(prefixed)


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
_FACES: dict[str, list[str]] = _NAMES["faces"]
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
