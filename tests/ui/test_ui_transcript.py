"""A conversation as PDF and as a Word document, read again by the libraries that ingest such files."""

from __future__ import annotations

import re
from dataclasses import replace
from io import BytesIO
from zipfile import ZipFile

import mammoth
import pytest
from docx import Document
from pypdf import PdfReader
from ui_desk import HOSTILE_TEXT, META, answered, hit, hostile_answer, meta_answer, refusal

from assistant.types import Exchange, Sentence, Support
from assistant.ui.transcript import Transcript, right_to_left, transcript
from assistant.ui.transcript_file import Format, docx, exported, file_name, pdf
from vectorstore.errors import FontMissing

ARABIC = "اصطدمت العبّارة بالرصيف."
MARKUP = "Who won? <b> $x$ #let [a] \\ _b_ *c* `d` @e <f> // g"


def script(title: str = "Meta", *exchanges: Exchange) -> Transcript:
    return transcript(title, exchanges or (Exchange(1, "Is Meta open?", meta_answer()),))


def quoting(text: str, title: str = "Report") -> Exchange:
    source = hit(replace(META, text=text, title=title, url="https://ledger.example/a"))
    return Exchange(1, title, answered(title, [source], [(Sentence(text, (1,), Support.QUOTED), text)]))


def text_of(file: bytes) -> str:
    return " ".join(" ".join(page.extract_text() for page in PdfReader(BytesIO(file)).pages).split())


def html_of(file: bytes) -> str:
    return str(mammoth.convert_to_html(BytesIO(file)).value)


NAMED = "Meta keeps its models open, with more caution, The Ledger, 2 July 2022, https://ledger.example/meta"
QUOTED = "“Meta says its position is unchanged” … “a mix of open”"


def test_a_pdf_has_its_sources_as_footnotes_with_the_exact_words() -> None:
    file = pdf(script(), system_fonts=False)
    text = text_of(file)
    assert "Is Meta open?" in text and "Everyone was pleased. (not confirmed by the sources)" in text
    assert f"{NAMED}: {QUOTED}" in text
    assert text.count("with more caution, The Ledger") == 1, "one footnote, however often it is cited"
    assert PdfReader(BytesIO(file)).metadata["/Title"] == "Meta"


def test_a_word_document_has_them_as_words_own_footnotes() -> None:
    file = docx(script())
    html = html_of(file)
    assert '<a href="#footnote-1" id="footnote-ref-1">[1]</a>' in html and html.count('<li id="footnote-') == 2
    assert QUOTED in html and '<a href="https://ledger.example/meta">' in html
    assert Document(BytesIO(file)).core_properties.title == "Meta"
    body = ZipFile(BytesIO(file)).read("word/document.xml").decode()
    assert body.count("<w:footnoteReference ") == 2 and "NOTEREF note_2" in body


@pytest.mark.parametrize("words", [MARKUP, HOSTILE_TEXT], ids=["typst", "html"])
def test_markup_in_words_is_text_in_both(words: str) -> None:
    exchanges = (Exchange(1, words, refusal(words), problem=words), Exchange(2, "Q", hostile_answer(words)))
    told = text_of(pdf(script(words, *exchanges), system_fonts=False))
    html = html_of(docx(script(words, *exchanges)))
    if words == MARKUP:
        assert words in told and "&lt;b&gt; $x$ #let [a]" in html
    assert "<script" not in html and "<img" not in html and "javascript:" not in re.sub(r">[^<]*<", "><", html)


def test_letters_without_a_font_are_named_and_nothing_is_printed_as_boxes() -> None:
    with pytest.raises(FontMissing, match="No font on this computer has these letters: 上 文 渡 码 船"):
        pdf(script("渡船上码文"), system_fonts=False)
    with pytest.raises(FontMissing, match="क न"):  # drawn without its joins by a font that Typst has for mathematics
        pdf(script("नौका"), system_fonts=False)


def test_symbols_without_a_font_are_left_out() -> None:
    assert "Ferry sails" in text_of(pdf(script("Ferry \U0001faa9 sails"), system_fonts=False))


@pytest.mark.parametrize("words", ["Ünïcødé Ελλάδα Київ", "שלום עולם"])
def test_what_typst_has_letters_for_needs_no_font_of_the_system(words: str) -> None:
    assert pdf(script(words), system_fonts=False).startswith(b"%PDF")


def test_right_to_left_is_said_so_to_word() -> None:
    body = ZipFile(BytesIO(docx(script(ARABIC, quoting(ARABIC, ARABIC))))).read("word/document.xml").decode()
    assert "<w:bidi/>" in body and "<w:rtl/>" in body
    assert right_to_left(f"41: {ARABIC} Ferry") and not right_to_left("Ferry") and not right_to_left("41")


def test_what_no_xml_can_hold_is_left_out_of_a_word_document() -> None:
    assert "Ferry sails" in html_of(docx(script("Ferry\ufffe\uffff sails", quoting("a\ufffeb"))))


def test_a_long_conversation_is_printed() -> None:
    many = tuple(replace(Exchange(n, f"Question {n}?", meta_answer()), number=n) for n in range(1, 41))
    assert len(PdfReader(BytesIO(pdf(script("Forty", *many), system_fonts=False))).pages) > 3
    assert html_of(docx(script("Forty", *many))).count('<li id="footnote-') == 80


@pytest.mark.parametrize(
    ("title", "name"),
    [
        ("Is Meta open?", "Is Meta open.pdf"),
        ("a/b\\c:d", "a b c d.pdf"),
        ("../../etc/passwd", "etc passwd.pdf"),
        ("CON", "CON_.pdf"),
        (" .hidden. ", "hidden.pdf"),
        ("", "Conversation.pdf"),
        ("?", "Conversation.pdf"),
        ("x\u202egnp.exe", "x gnp.exe.pdf"),
        ("渡轮事故", "渡轮事故.pdf"),
        (ARABIC, f"{ARABIC}pdf"),
    ],
)
def test_a_file_is_called_by_its_title_as_every_system_takes_it(title: str, name: str) -> None:
    assert file_name(title, Format.PDF) == name


def test_a_name_is_never_too_long_nor_cut_within_a_letter() -> None:
    name = file_name("渡" * 500, Format.MARKDOWN)
    assert len(name.encode()) < 255 and set(name.removesuffix(".md")) == {"渡"}


@pytest.mark.parametrize("form", list(Format))
def test_an_empty_conversation_is_a_file_too(form: Format) -> None:
    assert exported(form, "Nothing", ()).content
