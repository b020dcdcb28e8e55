"""A conversation as a Word document. Its footnotes are Word's own, of which python-docx knows nothing yet: their part
of the file is made here."""

from __future__ import annotations

import tomllib
from io import BytesIO
from pathlib import Path
from typing import TYPE_CHECKING, Any

from assistant.text.texts import LANGUAGES
from assistant.ui.transcript import Block, Note, Role, Source, Span, Transcript, right_to_left

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
