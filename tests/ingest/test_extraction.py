from __future__ import annotations

from datetime import UTC, datetime

import pytest

from ingest import extract_article
from ingest.documents import Document, Format, Record
from ingest.pages.extract import extract
from vectorstore.errors import RejectedDocument
from vectorstore.models import Article

NOW = datetime(2026, 7, 1, tzinfo=UTC)
BODY = " ".join(f"Paragraph sentence number {n} says what the council decided on Monday." for n in range(8))
PAGE = f"""<!doctype html><html lang="en-GB"><head><meta charset="utf-8">
<title>Harbour plan passes | The Daily Bugle</title>
<meta property="og:site_name" content="The Daily Bugle"><meta property="og:title" content="Harbour plan passes">
<meta name="author" content="Jane Doe"><meta property="article:published_time" content="2024-03-05T10:30:00Z">
<link rel="canonical" href="https://www.bugle.example/2024/harbour">
</head><body><nav><a href="/">Home</a> <a href="/sport">Sport</a></nav><article><h1>Harbour plan passes</h1>
<p>{BODY}</p><p>{BODY.replace("Monday", "Tuesday")}</p><script>alert("no")</script></article>
<footer>Copyright 2026</footer></body></html>"""


def text_file(content: str, name: str = "a.txt") -> Article:
    return extract(Document(name, f"/news/{name}", Format.TEXT, content.encode()), NOW)


def row(**fields: object) -> Article:
    return extract(Record("rows.jsonl line 1", "/news/rows.jsonl", {"text": BODY, **fields}), NOW)


class TestTextFiles:
    def test_a_short_first_line_is_the_headline_and_stays_in_the_text(self) -> None:
        article = text_file("Harbour plan passes\n\nThe council voted on Monday.")
        assert article.title == "Harbour plan passes"
        assert article.text == "Harbour plan passes\n\nThe council voted on Monday."

    def test_a_first_line_that_is_a_sentence_is_not_taken_for_a_headline(self) -> None:
        assert text_file("They voted. It passed.\nThen they left.").title == "They voted."

    def test_a_long_first_sentence_is_shortened_at_a_word(self) -> None:
        title = text_file("The council of the city " + "and of the harbour " * 10 + "voted.").title
        assert title.endswith("…") and 60 < len(title) <= 91
        assert title[:-1] + " " in "The council of the city " + "and of the harbour " * 10

    def test_a_text_without_spaces_still_gets_a_headline(self) -> None:
        assert text_file("x" * 10_000).title == "x" * 89 + "…"

    def test_the_same_file_is_the_same_article_whatever_it_says(self) -> None:
        assert text_file("One.").id == text_file("Two.").id
        assert text_file("One.").id != text_file("One.", "b.txt").id

    def test_nothing_is_made_up(self) -> None:
        article = text_file("They voted.")
        assert (article.published_at, article.updated_at, article.ingested_at) == (None, None, None)
        assert (article.url, article.outlet, article.authors, article.language) == ("", "", (), "")

    def test_text_is_tidied_once(self) -> None:
        article = text_file("\ufeff One\r\nline\x07.\r\n\r\n \r\n\r\nCafe\u0301.\u2028End.\n\n")
        assert article.text == "One\nline.\n\nCafé.\nEnd."

    @pytest.mark.parametrize("content", [" \n\t\n", "\ufeff", "\u200a"], ids=["spaces", "mark", "thin space"])
    def test_a_file_without_words_is_rejected(self, content: str) -> None:
        with pytest.raises(RejectedDocument, match="no text"):
            text_file(content)


class TestRows:
    def test_every_field_is_taken(self) -> None:
        article = row(
            id="n1",
            title=" Harbour\nplan ",
            source="Bugle",
            authors=["Jane Doe", " John  Roe "],
            published_at="2024-03-05",
            updated_at="2024-03-06T12:00:00+02:00",
            url="https://bugle.example/a",
            language="en-GB",
        )
        assert article == Article(
            id="n1",
            text=BODY,
            title="Harbour plan",
            outlet="Bugle",
            authors=("Jane Doe", "John Roe"),
            url="https://bugle.example/a",
            published_at=datetime(2024, 3, 5, tzinfo=UTC),
            updated_at=datetime(2024, 3, 6, 10, tzinfo=UTC),
            language="en",
        )

    @pytest.mark.parametrize(
        ("written", "names"),
        [
            ("Jane Doe, John Roe; Ann Lee", ("Jane Doe", "John Roe", "Ann Lee")),
            ("By Jane Doe and John Roe", ("Jane Doe", "John Roe")),
            ("Byron Anders", ("Byron Anders",)),
            (["Jane Doe", "JANE DOE", ""], ("Jane Doe",)),
            ("", ()),
            (None, ()),
        ],
    )
    def test_bylines_are_taken_apart(self, written: object, names: tuple[str, ...]) -> None:
        assert row(authors=written).authors == names

    def test_outlet_wins_over_its_other_name(self) -> None:
        assert row(outlet="Bugle", source="Wire").outlet == "Bugle"
        assert row(outlet="", source="Wire").outlet == "Wire"

    def test_an_outlet_that_is_not_stated_is_the_host(self) -> None:
        assert row(url="https://www.bugle.example/a").outlet == "bugle.example"

    def test_a_number_can_be_an_id(self) -> None:
        assert row(id=17).id == "17"

    def test_an_unreadable_date_is_unknown_and_costs_nothing_else(self) -> None:
        assert row(published_at="last week").published_at is None

    @pytest.mark.parametrize(
        ("written", "language"),
        [("en", "en"), ("pt_BR", "pt"), ("FIL", "fil"), ("{{ lang }}", ""), ("english", "en"), ("plain", "")],
    )
    def test_a_language_is_its_tag(self, written: str, language: str) -> None:
        assert row(language=written).language == language

    @pytest.mark.parametrize("url", ["javascript:alert(1)", "ftp://a.example/b", "not an address"])
    def test_only_addresses_of_the_web_are_kept(self, url: str) -> None:
        article = row(url=url)
        assert article.url == "" and article.id.startswith("f_")

    @pytest.mark.parametrize(
        ("field", "value"),
        [("text", 3), ("text", ["a"]), ("title", {"a": 1}), ("outlet", {"id": 4}), ("authors", 3), ("id", 1.5)]
        + [("authors", [3]), ("id", True), ("id", "x" * 500), ("url", 1), ("published_at", ["2022"])],
    )
    def test_a_field_of_the_wrong_type_is_named(self, field: str, value: object) -> None:
        with pytest.raises(RejectedDocument, match=f'"{field}"'):
            row(**{field: value})

    def test_names_within_an_object_are_found(self) -> None:
        found = row(source={"id": 4, "name": "CNN"}, authors=[{"name": "Jane"}, "John Roe"])
        assert (found.outlet, found.authors) == ("CNN", ("Jane", "John Roe"))

    @pytest.mark.parametrize("text", ["", "  ", None, "\x00"])
    def test_a_row_without_text_is_rejected(self, text: object) -> None:
        with pytest.raises(RejectedDocument, match='"text"'):
            row(text=text)

    def test_half_a_character_does_no_harm(self) -> None:
        assert row(text="a \ud83d b", id="\udc00").text == "a \ufffd b"

    def test_rows_without_id_are_known_by_headline_and_day(self) -> None:
        first = row(title="A", published_at="2024-03-05")
        assert first.id == row(title="A", published_at="2024-03-05T09:00Z", text="Corrected.").id
        assert first.id != row(title="A", published_at="2024-03-06").id
        assert first.id != row(title="B", published_at="2024-03-05").id
        assert row().id != row(text="Other.").id

    def test_pasted_text_is_known_by_itself(self) -> None:
        pasted = extract(Record("pasted text", "", {"text": BODY}), NOW)
        assert pasted.id.startswith("p_")
        assert pasted.id == extract(Record("pasted text", "", {"text": BODY + "\n", "title": "Named"}), NOW).id


class TestPages:
    def test_a_page_gives_its_article(self) -> None:
        article = extract_article(PAGE.encode(), "https://www.bugle.example/2024/harbour?utm_source=x")
        assert article.title == "Harbour plan passes"
        assert (article.outlet, article.authors, article.language) == ("The Daily Bugle", ("Jane Doe",), "en")
        assert article.published_at == datetime(2024, 3, 5, 10, 30, tzinfo=UTC)
        assert article.url == "https://www.bugle.example/2024/harbour"
        assert "number 7" in article.text and "Tuesday" in article.text
        assert not any(noise in article.text for noise in ("alert", "Sport", "Copyright", "<"))

    def test_a_saved_page_is_the_same_article_as_the_page_itself(self) -> None:
        saved = extract(Document("saved.html", "/news/saved.html", Format.HTML, PAGE.encode()), NOW)
        assert saved.id == extract_article(PAGE.encode(), "http://bugle.example/2024/harbour").id

    @pytest.mark.parametrize(
        "canonical",
        ["https://cnn.example/other", "https://www.bugle.example/", "javascript:alert(1)", ""],
        ids=["another site", "home page", "script", "none"],
    )
    def test_a_page_cannot_pass_itself_off_as_another(self, canonical: str) -> None:
        page = PAGE.replace("https://www.bugle.example/2024/harbour", canonical)
        assert extract_article(page.encode(), "https://bugle.example/here").url == "https://bugle.example/here"

    def test_a_date_that_only_the_footer_or_the_story_names_is_unknown(self) -> None:
        page = PAGE.replace('<meta property="article:published_time" content="2024-03-05T10:30:00Z">', "")
        assert extract_article(page.encode(), "https://bugle.example/here").published_at is None

    @pytest.mark.parametrize("encoding", ["utf-8", "utf-16", "cp1252"])
    def test_a_wrongly_declared_encoding_is_read_rightly(self, encoding: str) -> None:
        page = PAGE.replace("Harbour plan", "Café “plan”")
        assert extract_article(page.encode(encoding), "").title == "Café “plan” passes"

    def test_a_teaser_is_rejected_with_its_word_count(self) -> None:
        teaser = "<html><body><article><p>Subscribe to read this story now.</p></article></body></html>"
        with pytest.raises(RejectedDocument, match=r"only \d+ words"):
            extract_article(teaser.encode(), "https://bugle.example/a")

    @pytest.mark.parametrize(
        "content",
        [
            b"<html></html>",
            b"<",
            b"<html><body>" + b"<div>" * 50_000,
            b"<p>" * 9999,
        ],
        ids=["empty page", "one character", "deep", "open paragraphs"],
    )
    def test_a_page_without_an_article_is_rejected(self, content: bytes) -> None:
        with pytest.raises(RejectedDocument):
            extract_article(content, "https://bugle.example/a")

    def test_binary_data_is_rejected(self) -> None:
        with pytest.raises(RejectedDocument, match="binary"):
            extract_article(b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR", "https://bugle.example/a.html")

    def test_pages_without_address_are_known_by_their_text(self) -> None:
        page = PAGE.replace('<link rel="canonical" href="https://www.bugle.example/2024/harbour">', "")
        first, second = (extract_article(text.encode(), "").id for text in (page, page.replace("Monday", "Friday")))
        assert first.startswith("p_") and first != second
