from __future__ import annotations

import pytest

from ingest.formats.decoding import decode
from vectorstore.errors import RejectedDocument

ENGLISH = "The café said “no” to £5 — again."


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-32", "cp1252"])
def test_common_encodings_are_recognised_without_being_told(encoding: str) -> None:
    assert decode(ENGLISH.encode(encoding)) == ENGLISH


@pytest.mark.parametrize(
    ("text", "encoding"),
    [
        ("Привет, мир. Это новость о выборах в городе.", "cp1251"),
        ("Zażółć gęślą jaźń, powiedział premier w Warszawie.", "cp1250"),
        ("東京で新しいニュースが発表されました。", "shift_jis"),
        ("Der Bürgermeister Müller über Größe", "latin-1"),
    ],
    ids=["Russian", "Polish", "Japanese", "German"],
)
def test_older_encodings_are_guessed(text: str, encoding: str) -> None:
    assert decode(text.encode(encoding)) == text


def test_an_accent_far_into_a_long_text_is_found() -> None:
    text = "Plain words. " * 20_000 + "Then a café."
    assert decode(text.encode("cp1252")) == text


def test_bytes_that_are_utf8_win_over_a_header_that_says_otherwise() -> None:
    assert decode("café".encode(), declared="iso-8859-1") == "café"


def test_a_declared_encoding_wins_over_a_guess() -> None:
    assert decode("да".encode("koi8-r"), declared='"KOI8-R"') == "да"


def test_latin1_is_read_as_browsers_read_it() -> None:
    assert decode("“no”".encode("cp1252"), declared="ISO-8859-1") == "“no”"


@pytest.mark.parametrize(
    ("text", "encoding", "declared"),
    [
        ("Привет, мир. Это новость о выборах в городе.", "cp1251", "iso-8859-1"),
        ("中文新闻，香港行政长官梁振英在各方压力下就其大宅的违章建筑", "gbk", "windows-1252"),
        ("Ελληνικά νέα για τις εκλογές", "iso-8859-7", "latin1"),
        ("Le café à Paris où l'été est déjà là", "cp1252", "utf-8"),
    ],
    ids=["Russian", "Chinese", "Greek", "French"],
)
def test_a_declared_encoding_that_cannot_be_is_not_believed(text: str, encoding: str, declared: str) -> None:
    assert decode(text.encode(encoding), declared) == text


def test_names_of_encodings_mean_their_supersets() -> None:
    assert decode("朱镕基说".encode("gb18030"), declared="gb2312") == "朱镕基说"


def test_one_broken_character_does_not_change_how_the_others_are_read() -> None:
    content = "“Café,” she said. ".encode() * 20
    assert decode(content[:40] + b"\xff" + content[40:], declared="iso-8859-1").count("“Café,”") == 20
    assert decode(content + "é".encode()[:1]).startswith("“Café,” she said.")


@pytest.mark.parametrize("declared", ["klingon", "punycode", "undefined", "hex", "a\0b", ""])
def test_a_declared_encoding_that_no_page_is_written_in_is_ignored(declared: str) -> None:
    assert decode("caf\xe9 au lait".encode("cp1252"), declared) == "café au lait"


@pytest.mark.parametrize(
    "content",
    [b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR", bytes(range(256)), b"\x01\x02\x03\x04" * 20, b"text\0text"],
    ids=["picture", "every byte", "control characters", "NUL"],
)
def test_binary_data_is_refused(content: bytes) -> None:
    with pytest.raises(RejectedDocument, match="binary"):
        decode(content)
