"""Each kind of file, from one that its program would write: taken, found by its words, the same again "unchanged"."""

from __future__ import annotations

import gzip
import io
import json
import re
import zipfile
from collections.abc import Iterator
from datetime import UTC, datetime
from email.message import EmailMessage
from pathlib import Path

import pytest
from following import CountingEmbedder

from ingest.documents import Upload
from ingest.formats.subtitles import transcript
from ingest.pipeline import ingest
from ingest.web.politeness import Web
from vectorstore.library import Library
from vectorstore.models import EVERYTHING, Article
from vectorstore.reports import Report

URL = "https://www.gazette.example/2026/ship-for-sale"
LINES = [
    "The ferry company of Sandholm said on Friday that its oldest ship would be sold before the winter.",
    "Passengers to the outer islands will travel on a chartered boat until a new one is delivered in May.",
    "The union asked for the contracts to be published, and the minister promised an answer within a week.",
]
BODY = "\n".join(LINES)
PARAGRAPHS = "".join(f"<p>{line}</p>" for line in LINES)
HEAD = "<!doctype html><html lang=en><head><title>Ship for sale</title></head>"
PAGE = f"{HEAD}<body><article>{PARAGRAPHS}</article></body></html>"
ROW = json.dumps({"title": "Ship for sale", "url": URL, "text": BODY})


def docx(*paragraphs: str, heading: str = "Ship for sale") -> bytes:
    """As Word writes it, with the least that it needs."""
    main = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
    types = "http://schemas.openxmlformats.org/package/2006/content-types"
    relations = "http://schemas.openxmlformats.org/package/2006/relationships"
    office = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
    head = f"<w:p><w:pPr><w:pStyle w:val='Heading1'/></w:pPr><w:r><w:t>{heading}</w:t></w:r></w:p>"
    body = "".join(f"<w:p><w:r><w:t xml:space='preserve'>{text}</w:t></w:r></w:p>" for text in paragraphs)
    kind = "application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml"
    return packed(
        {
            "[Content_Types].xml": f"<Types xmlns='{types}'><Default Extension='rels' ContentType='application/vnd."
            "openxmlformats-package.relationships+xml'/><Default Extension='xml' ContentType='application/xml'/>"
            f"<Override PartName='/word/document.xml' ContentType='{kind}'/></Types>",
            "_rels/.rels": f"<Relationships xmlns='{relations}'><Relationship Id='r1' Type='{office}/officeDocument' "
            "Target='word/document.xml'/></Relationships>",
            "word/document.xml": f"<w:document xmlns:w='{main}'><w:body>{head}{body}</w:body></w:document>",
        }
    )


def packed(members: dict[str, str | bytes]) -> bytes:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members.items():
            archive.writestr(name, content)
    return stream.getvalue()


def epub(publisher: str = "Sandholm Gazette", **chapters: str) -> bytes:
    items = "".join(f"<item id='{name}' href='{name}.xhtml' media-type='application/xhtml+xml'/>" for name in chapters)
    spine = "".join(f"<itemref idref='{name}'/>" for name in chapters)
    about = f"<dc:title>Sandholm Gazette [Fri]</dc:title><dc:publisher>{publisher}</dc:publisher>"
    about += "<dc:language>en</dc:language><dc:date>2026-11-20T08:00:00Z</dc:date>"
    frame = (
        "<?xml version='1.0'?><html xmlns='http://www.w3.org/1999/xhtml'><head><title>{}</title></head><body>{}</body>"
    )
    pages = {f"OEBPS/{name}.xhtml": f"{frame.format(name, body)}</html>" for name, body in chapters.items()}
    package = "<package xmlns='http://www.idpf.org/2007/opf' xmlns:dc='http://purl.org/dc/elements/1.1/'>"
    return packed(
        {
            "mimetype": "application/epub+zip",
            "META-INF/container.xml": "<container xmlns='urn:oasis:names:tc:opendocument:xmlns:container'><rootfiles>"
            "<rootfile full-path='OEBPS/content.opf'/></rootfiles></container>",
            "OEBPS/content.opf": f"{package}<metadata>{about}</metadata><manifest>{items}</manifest>"
            f"<spine>{spine}</spine></package>",
            **pages,
        }
    )


def mhtml(page: str = PAGE) -> bytes:
    return (
        f"From: <Saved by Blink>\r\nSnapshot-Content-Location: {URL}\r\nSubject: Ship for sale\r\nMIME-Version: 1.0\r\n"
        'Content-Type: multipart/related;\r\n\ttype="text/html";\r\n\tboundary="----Multi--x"\r\n\r\n'
        "------Multi--x\r\nContent-Type: image/png\r\nContent-Transfer-Encoding: base64\r\n\r\niVBORw0KGgo=\r\n"
        "------Multi--x\r\nContent-Type: text/html; charset=utf-8\r\nContent-Transfer-Encoding: quoted-printable\r\n"
        f"Content-Location: {URL}\r\n\r\n{page.replace('=', '=3D')}\r\n------Multi--x--\r\n"
    ).encode()


def letters(*subjects: str) -> bytes:
    mailbox = b""
    for number, subject in enumerate(subjects):
        letter = EmailMessage()
        letter["From"], letter["Subject"] = "Sandholm Gazette <news@gazette.example>", subject
        letter["Date"], letter["Message-ID"] = "Fri, 13 Nov 2026 07:05:00 +0000", f"<{number}@gazette.example>"
        letter.set_content(f"{subject}. {BODY}\n\nFrom the harbour, the ship looked like new.")
        mailbox += (
            b"From news@gazette.example Fri Nov 13 07:05:00 2026\n"
            + re.sub(rb"(?m)^From ", b">From ", letter.as_bytes()).replace(b">From: ", b"From: ")
            + b"\n"
        )
    return mailbox


def warc(*answers: tuple[str, str, str, str], gzipped: bool = True) -> bytes:
    """Address, status, type and body of each answer."""
    crawl = b""
    for url, status, kind, body in answers:
        answer = f"HTTP/1.1 {status}\r\nContent-Type: {kind}\r\n\r\n{body}".encode()
        about = {
            **{"WARC-Type": "response", "WARC-Record-ID": f"<urn:uuid:{len(crawl)}>", "WARC-Target-URI": url},
            **{"WARC-Date": "2026-11-20T08:00:00Z", "Content-Type": "application/http; msgtype=response"},
            "Content-Length": str(len(answer)),
        }
        head = "".join(f"{name}: {value}\r\n" for name, value in about.items())
        record = f"WARC/1.0\r\n{head}\r\n".encode() + answer + b"\r\n\r\n"
        crawl += gzip.compress(record) if gzipped else record
    return crawl


CRAWL = [
    (URL, "200 OK", "text/html; charset=utf-8", PAGE),
    (f"{URL}/style.css", "200 OK", "text/css", "p {}"),
    (f"{URL}/missing", "404 Not Found", "text/html", PAGE),
    (URL, "200 OK", "text/html; charset=utf-8", PAGE),
]
RTF = (
    r"{\rtf1\ansi\ansicpg1252\deff0{\fonttbl{\f0 Arial;}}\b Ship for sale\b0\par "
    + r"\par ".join(LINES)
    + r"\par The caf\'e9 on board closed.{\pict\pngblip 89504e47}}"
).encode()
SUBTITLES = "".join(
    f"{number}\n00:00:{number * 5:02},000 --> 00:00:{number * 5 + 4:02},500\n{text}\n\n"
    for number, text in enumerate((f"<i>{half}</i>" for line in LINES for half in line.split(" would ", 1)), start=1)
)
SINGLEFILE = PAGE.replace(
    "<html", f"<!--\n Page saved with SingleFile \n url: {URL} \n saved date: x\n--><html"
).replace("<article>", f"<article><img src='data:image/png;base64,{'A' * 12_000_000}'>")
MEMBERS = {
    "export/a.jsonl": ROW,
    "export/photo.jpg": b"\xff\xd8",
    "__MACOSX/._a.jsonl": b"x",
    "../../b.txt": BODY + " b",
}

CHAPTER = f"<h1>Ship for sale</h1>{PARAGRAPHS}"
OTHER_CHAPTER = f"<h1>Pier</h1>{PARAGRAPHS}<p>The pier stays shut.</p>"
FRAME = (f"{URL}/frame", "200 OK", "text/html", PAGE.replace("ship", "boat"))
VISITED = '{"format": "json-pages-1.0"}\n' + json.dumps({"url": URL})
VTT = "WEBVTT - Ship for sale\n\n" + SUBTITLES.replace(",000", ".000").replace(",500", ".500")
WACZ = packed({"archive/data.warc.gz": warc(*CRAWL, FRAME), "pages/pages.jsonl": VISITED})
FILES: dict[str, tuple[str, bytes, int]] = {
    "docx": ("a.docx", docx(*LINES), 1),
    "rtf": ("a.rtf", RTF, 1),
    "epub": ("a.epub", epub(cover="<p>Gazette</p>", ship=CHAPTER, pier=OTHER_CHAPTER), 2),
    "mhtml": ("a.mhtml", mhtml(), 1),
    "SingleFile": ("a.html", SINGLEFILE.encode(), 1),
    "mbox": ("a.mbox", letters("Ship for sale", "Pier closed"), 2),
    "warc": ("a.warc", warc(*CRAWL, gzipped=False), 1),
    "warc.gz": ("a.warc.gz", warc(*CRAWL), 1),
    "wacz": ("a.wacz", WACZ, 1),
    "srt": ("a.srt", SUBTITLES.encode(), 1),
    "vtt": ("a.vtt", VTT.encode(), 1),
    "jsonl.gz": ("a.jsonl.gz", gzip.compress(ROW.encode()), 1),
    "txt.gz": ("a.txt.gz", gzip.compress(BODY.encode()), 1),
    "zip": ("a.zip", packed(MEMBERS), 2),
    "zip of a crawl": ("a.zip", packed({"a.warc.gz": warc(*CRAWL)}), 1),
}


@pytest.fixture
def library(tmp_path: Path) -> Iterator[Library]:
    with Library(tmp_path / "library", CountingEmbedder()) as library:
        yield library


def taken(library: Library, folder: Path, name: str, content: bytes) -> Report:
    (folder / name).write_bytes(content)
    return ingest([Upload(folder / name, name)], library, web=Web())


def only(library: Library) -> Article:
    (entry,) = library.entries()
    return library.article(entry.id)


class TestEach:
    @pytest.mark.parametrize(("name", "content", "articles"), FILES.values(), ids=FILES)
    def test_it_is_taken_found_and_the_same_again(
        self, library: Library, tmp_path: Path, name: str, content: bytes, articles: int
    ) -> None:
        report = taken(library, tmp_path, name, content)
        assert (report.added, len(library.entries())) == (articles, articles), report.rejected
        library.pending.wait()
        words = dict.fromkeys(["chartered", "minister"], 1.0)
        candidates = library.search({"chartered boat": 1.0}, words, EVERYTHING, 10)
        assert {each.article_id for each in candidates if each.keyword > 0} == {entry.id for entry in library.entries()}
        again = taken(library, tmp_path, name, content)
        assert again.unchanged == articles and len(again.rejected) == len(report.rejected)

    @pytest.mark.parametrize("format", ["mhtml", "SingleFile", "warc", "warc.gz", "wacz", "jsonl.gz", "zip of a crawl"])
    def test_an_address_that_it_names_is_the_articles(self, library: Library, tmp_path: Path, format: str) -> None:
        taken(library, tmp_path, *FILES[format][:2])
        article = only(library)
        assert (article.url, article.title, article.text) == (URL, "Ship for sale", BODY)

    @pytest.mark.parametrize("format", ["docx", "rtf", "vtt"])
    def test_its_headline_is_its_title(self, library: Library, tmp_path: Path, format: str) -> None:
        taken(library, tmp_path, *FILES[format][:2])
        assert only(library).title == "Ship for sale"

    def test_the_letters_of_other_alphabets_are_read_from_rich_text(self, library: Library, tmp_path: Path) -> None:
        taken(library, tmp_path, "a.rtf", RTF)
        assert only(library).text.endswith("The café on board closed.")

    def test_an_issue_as_a_book_is_one_article_a_chapter(self, library: Library, tmp_path: Path) -> None:
        taken(library, tmp_path, *FILES["epub"][:2])
        articles = [library.article(entry.id) for entry in library.entries()]
        assert {each.title for each in articles} == {"Ship for sale", "Pier"}
        assert {(each.outlet, each.published_at) for each in articles} == {("Sandholm Gazette", None)}

    def test_the_program_that_made_a_book_is_no_outlet(self, library: Library, tmp_path: Path) -> None:
        taken(library, tmp_path, "a.epub", epub(publisher="calibre", ship=CHAPTER))
        assert only(library).outlet == ""

    def test_a_line_of_a_letter_that_begins_like_a_new_one_is_no_new_one(
        self, library: Library, tmp_path: Path
    ) -> None:
        taken(library, tmp_path, *FILES["mbox"][:2])
        assert all("\nFrom the harbour, the ship" in library.article(entry.id).text for entry in library.entries())

    def test_what_a_zip_holds_besides_is_named(self, library: Library, tmp_path: Path) -> None:
        (left_out,) = taken(library, tmp_path, "a.zip", packed(MEMBERS)).rejected
        assert left_out.source == "a.zip" and left_out.reason.startswith("left out export/photo.jpg: only .txt")

    def test_members_keep_their_places_apart(self, library: Library, tmp_path: Path) -> None:
        members = {"2025/a.txt": BODY, "2026/a.txt": BODY.replace("Friday", "Monday")}
        assert taken(library, tmp_path, "a.zip", packed(members)).added == 2


LEXIS = """
                               1 of 2 DOCUMENTS

                              Sandholm Gazette

                        November 13, 2026 Friday
                              Final Edition

Ship for sale

BYLINE: Ada Holm

SECTION: NEWS; Pg. 4

LENGTH: 61 words

DATELINE: SANDHOLM

{0}

HOLM: A short paragraph that begins with a name.

{1}

LOAD-DATE: November 16, 2026

LANGUAGE: ENGLISH

             Copyright 2026 Gazette Ltd
                 All Rights Reserved

                               2 of 2 DOCUMENTS

                              Sandholm Gazette

                        November 14, 2026 Saturday

Minister promises answer

LENGTH: 20 words

{2}

LOAD-DATE: November 16, 2026
"""
NEXIS = """User Name: x
Date and Time: Monday, November 16, 2026 10:00:00 AM CET
Documents (2)
1. Ship for sale
2. Minister promises answer

Ship for sale
Sandholm Gazette
November 13, 2026 Friday
Final Edition

Copyright 2026 Gazette Ltd All Rights Reserved
Section: NEWS; Pg. 4
Length: 61 words
Byline: Ada Holm
Body

{0}

Copyright law was not what the union asked about.

{1}

Load-Date: November 16, 2026

End of Document

Minister promises answer
Sandholm Gazette
November 14, 2026 Saturday

Length: 20 words

Body

{2}

Load-Date: November 16, 2026

End of Document
"""
PROQUEST = """____________________________________________________________

Document 1 of 2

Ship for sale

Author: Holm, Ada

Publication info: Sandholm Gazette ; Sandholm [Sandholm]13 Nov 2026: A.4.

Abstract: None

Full text: {0}

Location: that is what the islanders asked about, and nobody knew.

{1}

Publication title: Sandholm Gazette; Sandholm

Publication date: Nov 13, 2026

ProQuest document ID: 123

____________________________________________________________

Document 2 of 2

Minister promises answer

Publication info: Sandholm Gazette ; Sandholm [Sandholm]14 Nov 2026: A.4.

Full text: {2}

Publication date: Nov 14, 2026
"""
FACTIVA = """HD
Ship for sale

BY
Ada Holm

WC
61 words

PD
13 November 2026

SN
Sandholm Gazette

LA
English

CY
(c) 2026 Gazette Ltd

LP
{0}

TD
IN London nobody heard of it.

{1}

Document SGAZ000020261113eabd0000a

HD
Minister promises answer

PD
14 November 2026

SN
Sandholm Gazette

LP
{2}

Document SGAZ000020261114eabd0000b
"""
FACTIVA_PRINTED = """Ship for sale
Ada Holm
61 words
13 November 2026
05:00 AM
Sandholm Gazette
SGAZ
4
English
(c) 2026 Gazette Ltd

{0}

{1}

Document SGAZ000020261113eabd0000a

Minister promises answer
20 words
14 November 2026
Sandholm Gazette
SGAZ
English
Copyright 2026 Gazette Ltd. All rights reserved.

{2}

Document SGAZ000020261114eabd0000b
"""
SAVED = {
    **{"LexisNexis": LEXIS, "Nexis Uni": NEXIS, "ProQuest": PROQUEST},
    **{"Factiva": FACTIVA, "Factiva, printed": FACTIVA_PRINTED},
    "Factiva, numbered": FACTIVA.replace("Document S", "AN   Document S"),
}


class TestNewspaperArchives:
    @pytest.mark.parametrize("archive", SAVED)
    @pytest.mark.parametrize("suffix", [".txt", ".rtf", ".docx"])
    def test_each_document_is_an_article(self, library: Library, tmp_path: Path, archive: str, suffix: str) -> None:
        text = SAVED[archive].format(*LINES)
        written = {
            ".txt": lambda: text.encode(),
            ".rtf": lambda: b"{\\rtf1\\ansi " + text.replace("\n", "\\par\n").encode() + b"}",
            ".docx": lambda: docx(*text.split("\n"), heading=" "),
        }[suffix]()
        report = taken(library, tmp_path, f"a{suffix}", written)
        assert report.added == 2, report.rejected
        first, second = (library.article(row.article_id) for row in report.rows)
        assert (first.title, first.outlet, first.authors) == ("Ship for sale", "Sandholm Gazette", ("Ada Holm",))
        assert (first.published_at, second.published_at) == tuple(
            datetime(2026, 11, day, tzinfo=UTC) for day in (13, 14)
        )
        assert second.title == "Minister promises answer" and second.text == LINES[2]
        assert first.text.startswith(LINES[0]) and first.text.endswith(LINES[1])
        assert not re.search("Gazette Ltd|Rights Reserved|LENGTH|Load-Date", first.text)
        assert taken(library, tmp_path, f"a{suffix}", written).unchanged == 2

    @pytest.mark.parametrize(
        ("archive", "kept"),
        [
            ("LexisNexis", "HOLM: A short paragraph"),
            ("Nexis Uni", "Copyright law was not"),
            ("ProQuest", "Location: that is what"),
            ("Factiva", "IN London nobody"),
        ],
    )
    def test_a_sentence_that_looks_like_a_label_stays(
        self, library: Library, tmp_path: Path, archive: str, kept: str
    ) -> None:
        report = taken(library, tmp_path, "a.txt", SAVED[archive].format(*LINES).encode())
        assert kept in library.article(report.rows[0].article_id).text

    def test_what_german_archives_say_of_an_article_is_no_text_of_it(self, library: Library, tmp_path: Path) -> None:
        tail = "UPDATE: 14. November 2026\n\nSPRACHE: GERMAN; DEUTSCH\n\nPUBLICATION-TYPE: Zeitung\n"
        head = "Dokument 1 von 1\n\nSandholmer Bote\n\n13. November 2026 Freitag\n\nSchiff verkauft\n\nRUBRIK: STADT"
        report = taken(library, tmp_path, "a.txt", f"{head}\n\n{LINES[0]}\n\n{tail}".encode())
        assert library.article(report.rows[0].article_id).text == LINES[0]

    def test_an_article_about_documents_is_one_article(self, library: Library, tmp_path: Path) -> None:
        text = f"{BODY}\nThe judge read document 3 of 5 aloud.\nEnd of document, he said."
        assert taken(library, tmp_path, "a.txt", text.encode()).added == 1


class TestSubtitles:
    def test_sentences_are_joined_over_the_cues(self) -> None:
        assert transcript(SUBTITLES)[1].startswith("The ferry company of Sandholm said on Friday that its oldest ship")

    def test_lines_that_roll_up_are_told_once(self) -> None:
        rolling = "WEBVTT\n\n00:01.000 --> 00:02.000\nthe ship\n\n00:02.000 --> 00:03.000\nthe ship\nis for sale\n"
        assert transcript(rolling) == ("", "the ship is for sale")

    def test_a_new_speaker_begins_a_paragraph(self) -> None:
        spoken = (
            "WEBVTT\n\n1\n00:01.000 --> 00:02.000\n<v Ada Holm>Is it sold?\n\n"
            "2\n00:02.000 --> 00:03.000 align:start\n<v The minister>Not &amp; never.</v>\n"
        )
        assert transcript(spoken)[1] == "Ada Holm: Is it sold?\nThe minister: Not & never."
