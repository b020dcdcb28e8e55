from __future__ import annotations

import pytest

from ingest.formats.sniffing import decode
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
    [b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR", bytes(range(256)), b"\x01\x02\x03\x04" * 20, "text".encode("utf-16-be") * 9],
    ids=["picture", "every byte", "control characters", "every other byte a NUL"],
)
def test_binary_data_is_refused(content: bytes) -> None:
    with pytest.raises(RejectedDocument, match="binary"):
        decode(content)


def test_a_nul_among_words_is_left_out_as_browsers_do() -> None:
    assert decode(b"The ferry\0 sails again.") == "The ferry sails again."


@pytest.mark.parametrize(
    ("content", "text"),
    [
        ("She didn’t say who pays".encode() + b", and then\xe2\x80", "She didn’t say who pays, and then\ufffd"),
        (b"No mark but one that was cut\xe2\x80 in the middle", "No mark but one that was cut\ufffd in the middle"),
        ("Die Fähre läuft über Märkte".encode() + b" \xe4 aus", "Die Fähre läuft über Märkte \ufffd aus"),
        ("La ministre a démissionné".encode()[:-1], "La ministre a démissionn\ufffd"),
    ],
    ids=["one quotation mark and one cut", "only a cut one", "four umlauts and a stray byte", "cut at the end"],
)
def test_utf8_with_a_character_cut_off_stays_utf8(content: bytes, text: str) -> None:
    assert decode(content, declared="utf-8") == decode(content) == text


RUSSIAN = "Мэр Норвейла заявил во вторник, что причал закроют на шесть недель. Жители просят объяснений."
TURKISH = "Norvale limanının kuzey rıhtımı salı günü altı haftalığına kapatıldı. Balıkçılar açıklama bekliyor."
ICELANDIC = "Bæjarstjórinn sagði á þriðjudag að bryggjan yrði lokuð í sex vikur. Það kemur sjómönnum illa."


@pytest.mark.parametrize("declared", ["windows-1251", "koi8-r", ""])
@pytest.mark.parametrize("encoding", ["cp1251", "koi8-r"])
def test_russian_is_read_whichever_of_its_encodings_is_claimed(encoding: str, declared: str) -> None:
    assert decode(RUSSIAN.encode(encoding), declared) == RUSSIAN


def test_a_headline_in_capitals_alone_is_no_sign_of_the_other_russian_encoding() -> None:
    assert decode("ПРИЧАЛ ЗАКРОЮТ".encode("cp1251"), "windows-1251") == "ПРИЧАЛ ЗАКРОЮТ"


@pytest.mark.parametrize("declared", ["windows-1254", "iso-8859-1", "windows-1252", "utf-8", ""])
def test_turkish_is_not_read_as_western(declared: str) -> None:
    assert decode(TURKISH.encode("cp1254"), declared) == TURKISH


@pytest.mark.parametrize("declared", ["iso-8859-1", "utf-8", ""])
@pytest.mark.parametrize(
    "text",
    [ICELANDIC, "Guðmundsson and Þór Sigurðsson, both of the coast guard, said that the ferry had left Mýrar by nine."],
    ids=["Icelandic", "its names in English"],
)
def test_icelandic_is_not_read_as_turkish(text: str, declared: str) -> None:
    assert decode(text.encode("cp1252"), declared) == text
