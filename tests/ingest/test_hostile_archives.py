"""Archives and documents that were made to fill a memory or a disk, to write elsewhere, or to keep a reader busy."""

from __future__ import annotations

import gzip
import io
import os
import zipfile
from pathlib import Path

import pytest

from ingest.formats import archives, tabular
from ingest.formats.sandbox import MOST_MEMBERS
from ingest.pipeline import ingest
from vectorstore.reports import Report

GOOD = "The council voted on the harbour plan on Tuesday and the ferry will sail again in spring."
MEGABYTE = 1024 * 1024


def packed(members: dict[str, str | bytes], method: int = zipfile.ZIP_DEFLATED) -> bytes:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", method) as archive:
        for name, content in members.items():
            archive.writestr(name, content)
    return stream.getvalue()


def read(shelf, folder: Path, name: str, content: bytes) -> Report:
    """With a good text beside it, which has to go in whatever happens."""
    place = folder / "given"
    place.mkdir()
    (place / name).write_bytes(content)
    (place / "z.txt").write_text(GOOD)
    report = ingest([place], shelf)
    assert GOOD in {each.text for each in shelf.articles}
    return report


def reason(shelf, folder: Path, name: str, content: bytes) -> str:
    return " / ".join(row.reason for row in read(shelf, folder, name, content).rejected)


def bomb(size: int) -> bytes:
    return gzip.compress(b"\n" * size)


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("a.jsonl.gz", lambda: bomb(40 * MEGABYTE)),
        ("a.zip", lambda: packed({"a.jsonl": b"\n" * (40 * MEGABYTE)})),
        ("a.zip", lambda: packed({f"{number}.csv": b"text\n" + b"\n" * (6 * MEGABYTE) for number in range(4)})),
    ],
    ids=["gzip", "zip", "zip of several"],
)
def test_what_unpacks_to_far_more_than_articles_do_is_left(shelf, tmp_path: Path, name: str, content) -> None:
    assert "unpacks to far more than any articles do" in reason(shelf, tmp_path, name, content())


def test_small_files_that_are_packed_within_an_archive_unpack_to_no_more_than_one_text(shelf, tmp_path: Path) -> None:
    told = reason(shelf, tmp_path, "a.zip", packed({f"{number}.jsonl.gz": bomb(11 * MEGABYTE) for number in range(3)}))
    assert told.count("unpacks to far more than any articles do") == 3


@pytest.mark.parametrize("method", [zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA], ids=["bzip2", "LZMA"])
@pytest.mark.parametrize("suffix", [".zip", ".wacz"])
def test_what_is_packed_in_a_way_that_cannot_be_unpacked_piece_by_piece_is_refused(
    shelf, tmp_path: Path, method: int, suffix: str
) -> None:
    """One piece of it may stand for more than memory holds."""
    content = packed({"pages/pages.jsonl": b" " * 12 * MEGABYTE, "a.txt": b" " * 12 * MEGABYTE}, method)
    assert reason(shelf, tmp_path, f"a{suffix}", content).endswith("pack it anew as an ordinary ZIP")


@pytest.mark.parametrize("pack", [bytes, gzip.compress], ids=["plain", "gzip"])
def test_a_crawl_of_which_every_record_is_slow_comes_to_its_end(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, pack
) -> None:
    """As a header of millions of lines makes it, which packs to a few kilobytes."""
    monkeypatch.setattr(archives, "_SECONDS_AT_ONCE", 0.0)
    record = b"WARC/1.0\r\nWARC-Type: metadata\r\nContent-Length: 2\r\n\r\nhi\r\n\r\n"
    crawl = tmp_path / "a.warc"
    crawl.write_bytes(pack(record) * 3)
    starts: list[int | None] = [0]
    for _ in range(3):
        starts.append(archives.pages_of_warc(str(crawl), starts[-1] or 0).next)
    assert starts == [0, len(pack(record)), 2 * len(pack(record)), None]


def test_an_archive_within_an_archive_is_not_opened(shelf, tmp_path: Path) -> None:
    told = reason(shelf, tmp_path, "a.zip", packed({"inner.zip": packed({"a.txt": GOOD + " b"})}))
    assert told == "is an archive within another one, which is not read; unpack it first"


def test_more_files_than_anybody_has_are_refused(shelf, tmp_path: Path) -> None:
    members = {f"{number}.txt": b"" for number in range(MOST_MEMBERS + 1)}
    assert "holds more than 10,000 files" in reason(shelf, tmp_path, "a.zip", packed(members, zipfile.ZIP_STORED))


@pytest.mark.parametrize(
    "place", ["../../escaped.txt", "/tmp/escaped.txt", "a/../../../escaped.txt", "..\\escaped.txt"]
)
def test_no_name_in_an_archive_becomes_a_file(shelf, tmp_path: Path, place: str) -> None:
    before = {*Path("/tmp").glob("escaped*"), *tmp_path.parent.rglob("escaped*")}
    report = read(shelf, tmp_path, "a.zip", packed({place: GOOD + " b"}))
    assert report.added == 2
    assert {*Path("/tmp").glob("escaped*"), *tmp_path.parent.rglob("escaped*")} == before


def test_a_name_that_moves_the_cursor_is_no_name_on_the_terminal(shelf, tmp_path: Path) -> None:
    from ingest.progress import report_as_text

    report = read(shelf, tmp_path, "a.zip", packed({"a\x1b[2J\n\u202e.txt": "", "b.exe\x1b[2J": "x"}))
    assert "\x1b" not in report_as_text(report) and "\u202e" not in report_as_text(report)


def test_a_locked_member_is_told_and_the_others_go_in(shelf, tmp_path: Path) -> None:
    content = bytearray(packed({"a.txt": GOOD + " b", "b.txt": GOOD + " c"}, zipfile.ZIP_STORED))
    for mark, flags in ((b"PK\x01\x02", 8), (b"PK\x03\x04", 6)):
        content[content.find(mark) + flags] |= 1
    report = read(shelf, tmp_path, "a.zip", bytes(content))
    assert report.added == 2 and "encrypted" in report.rejected[0].reason


@pytest.mark.parametrize("suffix", [".zip", ".gz", ".docx", ".epub", ".wacz", ".warc.gz"])
def test_one_that_breaks_off_is_told(shelf, tmp_path: Path, suffix: str) -> None:
    whole = gzip.compress(os.urandom(4000)) if suffix.endswith("gz") else packed({"a.txt": os.urandom(4000)})
    name = f"a.txt{suffix}" if suffix == ".gz" else f"a{suffix}"
    assert reason(shelf, tmp_path, name, whole[:2000])


def test_a_member_that_is_damaged_costs_no_other(shelf, tmp_path: Path) -> None:
    content = bytearray(packed({"a.txt": GOOD * 99, "b.txt": GOOD + " c"}))
    content[60:70] = b"\xff" * 10
    report = read(shelf, tmp_path, "a.zip", bytes(content))
    assert report.added == 2 and len(report.rejected) == 1


BOMB = "<!DOCTYPE a [<!ENTITY a 'xxxxxxxxxx'>" + "".join(
    f"<!ENTITY {name} '{('&' + before + ';') * 10}'>" for before, name in zip("abcdefgh", "bcdefghi", strict=True)
)
WORD = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("a.docx", lambda: packed({"word/document.xml": f"{BOMB}]><w:document xmlns:w='{WORD}'>&i;</w:document>"})),
        ("a.docx", lambda: packed({"word/document.xml": b"<a>" * 30 * MEGABYTE})),
        ("a.docx", lambda: packed({"[Content_Types].xml": "<Types/>"})),
        ("a.epub", lambda: packed({"META-INF/container.xml": f"{BOMB}]><container>&i;</container>"})),
        ("a.epub", lambda: packed({"META-INF/container.xml": "<c><r full-path='../../../etc/passwd'/></c>"})),
        ("a.epub", lambda: packed({"META-INF/container.xml": b"<a>" * MEGABYTE})),
        ("a.rtf", lambda: b"{\\rtf1 " + b"{" * 200_000),
        ("a.rtf", lambda: b"{\\rtf1 " + b"{\\pict " * 100_000),
        ("a.mhtml", lambda: b"MIME-Version: 1.0\nContent-Type: multipart/related; boundary=b\n\n" + b"--b\n" * 500_000),
        ("a.mhtml", lambda: b"X: " + b"y" * 10 * MEGABYTE),
        ("a.warc", lambda: b"WARC/1.0\r\n" + b"X: y\r\n" * 2_000_000),
        ("a.warc", lambda: b"WARC/1.0\r\nContent-Length: 99999999999\r\n\r\nshort"),
        ("a.mbox", lambda: b"x" * MEGABYTE),
        ("a.mbox", lambda: b"From a\n" + b"=?utf-8?q?a?= " * 50_000),
        ("a.srt", lambda: b"00:00:01,000 --> " * 200_000),
        ("a.html", lambda: b"<!DOCTYPE NETSCAPE-Bookmark-file-1>" + b"<DL>" * 200_000),
        ("a.json", lambda: b'{"articles": ' + b"[" * 100_000),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_what_is_deep_or_unfolds_is_rejected(shelf, tmp_path: Path, name: str, content) -> None:
    assert reason(shelf, tmp_path, name, content())


def test_a_document_that_points_elsewhere_reads_nothing_there(shelf, tmp_path: Path) -> None:
    secret = tmp_path / "secret.txt"
    secret.write_text("the secret words of this machine, which are many and stand in no article " * 3)
    outside = f"<!DOCTYPE a [<!ENTITY x SYSTEM 'file://{secret}'>]>"
    chapter = f"{outside}<html><body><p>&x;</p><p>{GOOD * 3}</p></body></html>"
    package = "<package><manifest><item id='a' href='a.xhtml'/></manifest><spine><itemref idref='a'/></spine></package>"
    book = packed({"META-INF/container.xml": "<c><r full-path='p.opf'/></c>", "p.opf": package, "a.xhtml": chapter})
    read(shelf, tmp_path, "a.epub", book)
    assert not any("secret words" in article.text for article in shelf.articles)


@pytest.mark.parametrize("ending", [".jsonl", ".csv", ".ndjson"])
def test_empty_lines_without_end_are_given_up(shelf, tmp_path, monkeypatch, ending: str) -> None:
    monkeypatch.setattr(tabular, "_MOST_BLANK", 1_000_000)
    blank = gzip.compress(b'{"text": 1}\n' + b"\n" * (3 * MEGABYTE) + b"x\n" * 9, 1)
    rows = read(shelf, tmp_path, f"a{ending}.gz", blank).rows
    assert any("empty lines" in row.reason for row in rows) or ending == ".csv"
    assert len(rows) <= 3


def test_empty_lines_between_rows_are_nothing_to_speak_of(shelf, tmp_path) -> None:
    row = b'{"title": "Ferry", "text": "The ferry sails again from Monday and nobody has to walk around the bay."}'
    report = read(shelf, tmp_path, "a.jsonl.gz", gzip.compress(b"\n" * 900_000 + row + b"\n" * 100))
    assert [str(each.outcome) for each in report.rows] == ["added", "added"]
